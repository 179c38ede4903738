package io.eventsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.eventsgateway.security.DevelopmentToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * What others notice of one who makes a gateway ask and ask. Prints how long another user waits for the first line of a stream, alone and
 * beside the attack; that depends on the machine, so what is asserted is that everybody gets in, and how much is asked.
 */
@Tag("faults")
@TestInstance(Lifecycle.PER_CLASS)
class FairnessIT {

    private static final int ROUNDS = Integer.getInteger("rounds", 3);
    private static final Duration PHASE = Duration.ofSeconds(3);
    private static final Duration WARM = Duration.ofSeconds(2);

    /** Between two requests of an attacker, so that it is not the machine's processors that the others wait for. */
    private static final Duration PACE = Duration.ofMillis(100);

    private static final String ATTACKER = "127.0.0.2";
    private static final String OTHER = "127.0.0.3";
    private static final String ACME = UUID.randomUUID().toString();

    private final DevelopmentToken signer = new DevelopmentToken();
    private final Set<String> realms = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger keysAsked = new AtomicInteger();
    private final AtomicInteger processesAsked = new AtomicInteger();
    private final AtomicInteger subjects = new AtomicInteger();
    private volatile boolean hangs;
    private HttpServer services;
    private Stack stack;
    private GatewayProcess gateway;

    @BeforeAll
    void start() throws IOException {
        realms.add(ACME);
        services = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1000);
        services.setExecutor(threads);
        services.createContext("/realms/", this::answerRealm);
        services.createContext("/api/runtime/process/", exchange -> {
            processesAsked.incrementAndGet();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(250));
            answer(exchange, 200, "");
        });
        services.start();
        stack = new Stack();
        Map<String, String> environment = stack.environment();
        environment.remove("SECURITY_TYPE");
        environment.remove("EVENTS_SECURITY_ALLOWINSECURE");
        environment.put("SECURITY_OAUTH2_BASESERVERURL", base());
        environment.put("FLOWX_URLS_RUNTIMEMANAGER", base());
        environment.put("APPLICATION_CORS_ALLOW_ORIGIN", "https://*.example.com");
        environment.put("EVENTS_ACCESS_POLICY", "remote");
        environment.put("EVENTS_ANONYMOUS_ENABLED", "true");
        environment.put("SPRING_SECURITY_OAUTH2_CLIENT_REGISTRATION_ANONYMOUSIDENTITY_CLIENTSECRET", "s");
        gateway = new GatewayProcess(environment);
        // a fresh process compiles what it does often
        others(ACME, Duration.ofSeconds(5));
    }

    @AfterAll
    void stop() {
        gateway.close();
        stack.close();
        services.stop(0);
        threads.shutdownNow();
    }

    @Test
    void keepsTheUsersOfKnownAndOfNewOrganisationsInWhileRealmsAreInvented() {
        compare("unknown realms", 16, this::unknownRealm, attack -> {
            for (int i = 0; i < 4; i++) {
                String organisation = UUID.randomUUID().toString();
                realms.add(organisation);
                first(token(organisation));
            }
            assertThat(keysAsked.get()).isLessThan(4 + 20 * (attack.seconds() + 2));
        });
    }

    @Test
    void keepsUsersInWhileSomebodySendsTextThatIsCostlyToRead() {
        String origin = "https://" + "a.".repeat(3000) + "example.org";
        String accept = "text/html;q=0.1,".repeat(1000);
        String request = request("/api/events/view/x", "Origin: " + origin + "\r\nAccept: " + accept);
        compare("costly headers", 40, () -> request, attack -> assertThat(keysAsked.get())
                .as("only what the gateway asks of itself, every ten seconds")
                .isLessThanOrEqualTo(1 + attack.seconds() / 10));
    }

    @Test
    void keepsUsersInWhileTheIssuerHangs() {
        hangs = true;
        try {
            compare("unknown realms of an issuer that hangs", 64, this::unknownRealm, attack -> assertThat(
                            keysAsked.get())
                    .isLessThan(20 * (attack.seconds() + 2)));
        } finally {
            hangs = false;
        }
    }

    @Test
    void keepsUsersInWhileOneAsksForManyProcesses() {
        String eve = signer.sign(issuer(ACME), "eve", List.of(), Duration.ofHours(1));
        compare(
                "64 processes each by one user",
                20,
                () -> sixtyFour("Authorization: Bearer " + eve),
                this::assertAskedEightAtOnce);
    }

    @Test
    void keepsUsersInWhileNobodyAsksForManyProcesses() {
        compare(
                "64 processes each without a token",
                40,
                () -> sixtyFour("Fx-Organization-Id: " + ACME),
                this::assertAskedEightAtOnce);
    }

    private void assertAskedEightAtOnce(Attack attack) {
        assertThat(processesAsked.get()).as("eight at once, each for 250 ms").isBetween(8, 32 * (attack.seconds() + 2));
    }

    /** Others alone and beside an attack, by turns; one percentile of a few seconds is chance, so the median of several is reported. */
    private void compare(String name, int attackers, Supplier<String> request, Consumer<Attack> during) {
        List<Double> alone = new ArrayList<>();
        List<Double> beside = new ArrayList<>();
        int requests = 0;
        for (int round = 0; round < ROUNDS; round++) {
            alone.add(percentile(others(ACME, PHASE)));
            keysAsked.set(0);
            processesAsked.set(0);
            try (Attack attack = new Attack(attackers, request)) {
                beside.add(percentile(others(ACME, PHASE)));
                during.accept(attack);
                assertThat(attack.requests()).isGreaterThan(10);
                requests += attack.requests();
            }
        }
        double without = median(alone);
        double with = median(beside);
        System.out.printf(
                "%s: p99 of the others alone=%.1f ms beside=%.1f ms times=%.1f requests=%d (medians of %d rounds)%n",
                name, without, with, with / without, requests, ROUNDS);
    }

    private static double percentile(List<Double> waited) {
        List<Double> sorted = new ArrayList<>(waited);
        Collections.sort(sorted);
        return sorted.get(sorted.size() * 99 / 100);
    }

    private static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }

    private void answerRealm(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (path.endsWith("/token")) {
            answer(exchange, 200, "{\"access_token\":\"of-account\",\"expires_in\":3600}");
            return;
        }
        keysAsked.incrementAndGet();
        boolean known = realms.contains(path.split("/", -1)[2]);
        if (!known && hangs) {
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(30));
        }
        answer(exchange, known ? 200 : 404, known ? signer.keys() : "");
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private String base() {
        return "http://127.0.0.1:" + services.getAddress().getPort();
    }

    private String issuer(String organisation) {
        return base() + "/realms/" + organisation;
    }

    private String token(String organisation) {
        return signer.sign(issuer(organisation), "u" + subjects.incrementAndGet(), List.of(), Duration.ofHours(1));
    }

    private String unknownRealm() {
        String claims = "{\"iss\":\"" + issuer(UUID.randomUUID().toString()) + "\",\"sub\":\"x\",\"exp\":"
                + Instant.now().plusSeconds(600).getEpochSecond() + "}";
        String token =
                base64("{\"alg\":\"RS256\",\"kid\":\"x\"}") + "." + base64(claims) + "." + base64("x".repeat(256));
        return request("/api/events/view/x", "Authorization: Bearer " + token);
    }

    private static String sixtyFour(String header) {
        String query = IntStream.range(0, 64)
                .mapToObj(i -> "destination=process-instance/" + UUID.randomUUID())
                .collect(Collectors.joining("&"));
        return request("/api/events?" + query, header);
    }

    private static String request(String path, String header) {
        return "GET " + path + " HTTP/1.1\r\nHost: x\r\n" + header + "\r\n\r\n";
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** How long each of many users waited, one after the other, in milliseconds. */
    private List<Double> others(String organisation, Duration over) {
        List<Double> waited = new ArrayList<>();
        long until = System.nanoTime() + over.toNanos();
        while (System.nanoTime() < until) {
            waited.add(first(token(organisation)));
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        return waited;
    }

    /** How long a user waited for the first line, in milliseconds; fails where that turns them away. */
    private double first(String token) {
        String request = request("/api/events/view/x", "Authorization: Bearer " + token);
        long since = System.nanoTime();
        try (Socket socket = connect(OTHER)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            String line = in.readLine();
            while (line != null && !line.startsWith("retry: ")) {
                line = in.readLine();
            }
            assertThat(line).isEqualTo("retry: 3000");
            return (System.nanoTime() - since) / 1e6;
        } catch (IOException refused) {
            throw new AssertionError("not let in", refused);
        }
    }

    private Socket connect(String from) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), gateway.port(), InetAddress.getByName(from), 0);
    }

    /** Threads that send requests from an address of their own, each the next when the one before was answered, until it is closed. */
    private final class Attack implements AutoCloseable {
        private final AtomicBoolean over = new AtomicBoolean();
        private final AtomicInteger requests = new AtomicInteger();
        private final List<Thread> attackers = new ArrayList<>();
        private final long since = System.nanoTime();

        Attack(int count, Supplier<String> request) {
            for (int i = 0; i < count; i++) {
                Thread attacker = new Thread(() -> run(request), "attacker");
                attacker.setDaemon(true);
                attackers.add(attacker);
                attacker.start();
            }
            // as at the beginning: what is done for the first time is compiled
            LockSupport.parkNanos(WARM.toNanos());
        }

        private void run(Supplier<String> request) {
            while (!over.get()) {
                try (Socket socket = connect(ATTACKER)) {
                    socket.setSoTimeout(10_000);
                    socket.getOutputStream().write(request.get().getBytes(StandardCharsets.US_ASCII));
                    if (socket.getInputStream().read(new byte[1000]) >= 0) {
                        requests.incrementAndGet();
                    }
                } catch (IOException refused) {
                    // the next one
                }
                LockSupport.parkNanos(PACE.toNanos());
            }
        }

        int requests() {
            return requests.get();
        }

        int seconds() {
            return (int) TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - since) + 1;
        }

        @Override
        public void close() {
            over.set(true);
            for (Thread attacker : attackers) {
                try {
                    attacker.join(20_000);
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }
}
