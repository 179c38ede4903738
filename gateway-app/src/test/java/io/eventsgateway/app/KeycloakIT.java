package io.eventsgateway.app;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.eventsgateway.topic.Feed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who gets in and who does not, end to end: two gateways, a real Keycloak with three realms, real Kafka and Redis. */
@TestMethodOrder(OrderAnnotation.class)
class KeycloakIT {

    private static final String ACME = "11111111-1111-4111-8111-111111111111";
    private static final String GLOBEX = "22222222-2222-4222-8222-222222222222";
    private static final String SERVICES = "00000002-0002-4002-8002-000000000002";
    private static final int LIFESPAN_SECONDS = 600;

    private static Stack stack;
    private static KeycloakServer keycloak;
    private static HttpServer runtimeManager;
    private static final List<String> ASKED = new CopyOnWriteArrayList<>();
    private static KafkaProducer<byte[], byte[]> producer;
    private static GatewayProcess one;
    private static GatewayProcess two;

    private final String run = UUID.randomUUID().toString().substring(0, 8);
    private final List<Listener> open = new ArrayList<>();

    @BeforeAll
    static void start() throws IOException {
        stack = new Stack();
        keycloak = new KeycloakServer();
        keycloak.createRealm(realm(ACME, "ann", "bob"));
        keycloak.createRealm(realm(GLOBEX, "carol"));
        keycloak.createRealm(Map.of(
                "realm",
                SERVICES,
                "enabled",
                true,
                "clients",
                List.of(Map.of(
                        "clientId",
                        "flowx-anonymous-sa",
                        "secret",
                        "s3cret",
                        "serviceAccountsEnabled",
                        true,
                        "standardFlowEnabled",
                        false))));
        runtimeManager = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        runtimeManager.createContext("/", exchange -> {
            String authorization = exchange.getRequestHeaders().getFirst("Authorization");
            // without one the gateway only looks whether anybody answers
            if (authorization != null) {
                ASKED.add(authorization);
            }
            boolean shown = exchange.getRequestURI().getPath().contains("/process/shown");
            exchange.sendResponseHeaders(shown ? 200 : 403, -1);
            exchange.close();
        });
        runtimeManager.start();
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", stack.kafka().bootstrapServers(), "linger.ms", 0),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        one = new GatewayProcess(environment("granted"));
        two = new GatewayProcess(environment("granted"));
    }

    private static Map<String, Object> realm(String name, String... users) {
        List<Map<String, Object>> all = new ArrayList<>();
        for (String user : users) {
            Map<String, Object> representation = new LinkedHashMap<>(Map.of(
                    "username",
                    user,
                    "enabled",
                    true,
                    "email",
                    user + "@example.com",
                    "emailVerified",
                    true,
                    "firstName",
                    user,
                    "lastName",
                    user,
                    "credentials",
                    List.of(Map.of("type", "password", "value", "pw"))));
            if (!user.equals("bob")) {
                representation.put("realmRoles", List.of("clerk"));
                representation.put("clientRoles", Map.of("crm", List.of("reader")));
            }
            all.add(representation);
        }
        return Map.of(
                "realm",
                name,
                "enabled",
                true,
                "accessTokenLifespan",
                LIFESPAN_SECONDS,
                "roles",
                Map.of(
                        "realm", List.of(Map.of("name", "clerk")),
                        "client", Map.of("crm", List.of(Map.of("name", "reader")))),
                "clients",
                List.of(
                        Map.of("clientId", "crm", "publicClient", true),
                        Map.of("clientId", "web", "publicClient", true, "directAccessGrantsEnabled", true)),
                "users",
                all);
    }

    private static Map<String, String> environment(String policy) {
        Map<String, String> environment = new LinkedHashMap<>(stack.environment());
        environment.remove("SECURITY_TYPE");
        environment.remove("EVENTS_SECURITY_ALLOWINSECURE");
        environment.put("SECURITY_OAUTH2_BASESERVERURL", keycloak.url());
        environment.put("EVENTS_ACCESS_POLICY", policy);
        environment.put(
                "FLOWX_URLS_RUNTIMEMANAGER",
                "http://127.0.0.1:" + runtimeManager.getAddress().getPort());
        return environment;
    }

    @AfterAll
    static void stop() {
        one.close();
        two.close();
        producer.close();
        runtimeManager.stop(0);
        keycloak.close();
        stack.close();
    }

    @AfterEach
    void hangUp() {
        open.forEach(Listener::close);
    }

    @Test
    @Order(0)
    void letsInTheUserOfTheComposeFile() throws IOException {
        Map<?, ?> file = KeycloakServer.JSON.readValue(
                Path.of("..", "docs", "operations", "keycloak-realm.json").toFile(), Map.class);
        Map<String, Object> realm = new LinkedHashMap<>();
        file.forEach((name, value) -> realm.put(String.valueOf(name), value));
        String name = String.valueOf(realm.get("realm"));
        keycloak.createRealm(realm);

        assertThat(listen(one, "/api/events/user", token(name, "ann")).status()).isEqualTo(200);
    }

    @Test
    @Order(1)
    void showsNobodyWhatIsOfAnotherOrganisation() {
        connect(ACME, "view", run, "\"roles\":[\"clerk\"]");
        connect(GLOBEX, "view", run, "\"roles\":[\"clerk\"]");
        Listener ann = listen(one, "/api/events/view/" + run, token(ACME, "ann"));
        Listener carol = listen(two, "/api/events/view/" + run, token(GLOBEX, "carol"));
        send(ACME, Feed.TASK_MESSAGE, run, "\"of acme\"");
        send(GLOBEX, Feed.TASK_MESSAGE, run, "\"of globex\"");
        await(
                "own events",
                () -> ann.data().contains("\"of acme\"") && carol.data().contains("\"of globex\""));

        // whatever she says
        String path =
                "/api/events/view/" + run + "?from=earliest&organization=" + ACME + "&lastEventId=" + ann.lastId();
        Listener again = listen(
                two, path, Map.of("Authorization", "Bearer " + token(GLOBEX, "carol"), "Fx-Organization-Id", ACME));
        Listener resumed = listen(
                one,
                "/api/events/view/" + run,
                Map.of("Authorization", "Bearer " + token(GLOBEX, "carol"), "Last-Event-ID", ann.lastId()));
        await(
                "own events again",
                () -> again.data().contains("\"of globex\"") && resumed.data().contains("\"of globex\""));

        send(ACME, Feed.TASK_MESSAGE, run, "\"more of acme\"");
        send(GLOBEX, Feed.TASK_MESSAGE, run, "\"more of globex\"");
        for (Listener each : List.of(carol, again, resumed)) {
            await("what comes later", () -> each.data().contains("\"more of globex\""));
            assertThat(each.data()).noneMatch(data -> data.contains("acme"));
        }
        assertThat(resumed.events()).contains("reset");
        await("what comes later", () -> ann.data().contains("\"more of acme\""));
        assertThat(ann.data()).noneMatch(data -> data.contains("globex"));
    }

    @Test
    @Order(1)
    void showsUsersOnlyTheirOwn() {
        String token = token(ACME, "ann");
        String subject = claims(token).get("sub").asText();
        Listener ann = listen(one, "/api/events/user", token);
        Listener bob = listen(one, "/api/events/user", token(ACME, "bob"));
        send(ACME, Feed.USER_MESSAGE, subject, "\"to ann\"");
        send(ACME, Feed.USER_MESSAGE, "*", "\"to all\"");

        await("the user's events", () -> ann.data().size() >= 2 && !bob.data().isEmpty());
        assertThat(ann.data()).contains("\"to ann\"", "\"to all\"");
        assertThat(bob.data()).containsExactly("\"to all\"");
        assertThat(listen(one, "/api/events/user/" + subject, token(ACME, "bob"))
                        .status())
                .isEqualTo(403);
    }

    @ParameterizedTest
    @Order(1)
    @CsvSource(
            delimiter = '|',
            value = {"\"subjects\":[\"user:ann\"]", "\"roles\":[\"clerk\"]", "\"roles\":[\"crm/reader\"]"})
    void letsInWhomAConnectNamesUntilADisconnectDoes(String named) {
        connect(ACME, "process-instance", run, named);
        assertThat(listen(one, "/api/events/process-instance/" + run, token(ACME, "bob"))
                        .status())
                .isEqualTo(403);
        Listener here = listen(one, "/api/events/process-instance/" + run, token(ACME, "ann"));
        Listener there = listen(two, "/api/events/process-instance/" + run, token(ACME, "ann"));
        send(ACME, Feed.ENGINE_MESSAGE, run, "1");
        await("the event", () -> here.data().contains("1") && there.data().contains("1"));

        send(
                ACME,
                Feed.ENGINE_DISCONNECT,
                run,
                "{\"processInstanceUuid\":\"" + run + "\",\"subjects\":[\"user:ann\"],\"reason\":\"left\"}");
        long since = System.nanoTime();
        await("the end", () -> here.ended() && there.ended());
        System.out.printf("revoked on both replicas after %d ms%n", (System.nanoTime() - since) / 1_000_000);

        assertThat(here.events()).contains("disconnect");
        assertThat(there.events()).contains("disconnect");
        assertThat(listen(two, "/api/events/process-instance/" + run, token(ACME, "ann"))
                        .status())
                .isEqualTo(204);

        // what is left for a while after the end is for nobody who comes then, wherever he says he was
        send(ACME, Feed.ENGINE_DISCONNECT, run, "{\"processInstanceUuid\":\"" + run + "\"}");
        String path = "/api/events/process-instance/" + run;
        Map<String, String> bob = Map.of("Authorization", "Bearer " + token(ACME, "bob"));
        await("the end for all", () -> new Listener(one.uri(path), bob).status() == 204);
        for (String id : List.of(here.firstId(), "0.0-0")) {
            assertThat(listen(one, path + "?lastEventId=" + id, bob).status()).isEqualTo(204);
        }
    }

    @Test
    @Order(1)
    void asksToComeBackWhereNobodyWasLetInYet() {
        Listener early = new Listener(
                one.uri("/api/events/process-instance/" + run),
                Map.of("Authorization", "Bearer " + token(ACME, "ann")));

        await("the end", early::ended);
        assertThat(early.status()).isEqualTo(200);
        assertThat(early.lines()).anyMatch(line -> line.startsWith("retry:"));
        assertThat(early.data()).isEmpty();
    }

    @Test
    @Order(2)
    void goesOnWhileTheRealmChangesItsKeys() {
        connect(ACME, "view", run, "\"roles\":[\"clerk\"]");
        String before = token(ACME, "ann");
        Listener stays = listen(one, "/api/events/view/" + run, before);

        keycloak.rotateKeys(ACME);
        String after = token(ACME, "ann");
        assertThat(header(after).get("kid")).isNotEqualTo(header(before).get("kid"));
        Listener next = listen(two, "/api/events/view/" + run, after);
        Listener former = listen(two, "/api/events/view/" + run, before);
        send(ACME, Feed.TASK_MESSAGE, run, "1");

        await("the event", () -> List.of(stays, next, former).stream()
                .allMatch(each -> each.data().contains("1")));
    }

    @Test
    @Order(3)
    void endsWithTheTokenAndGoesOnWithTheNext() {
        connect(ACME, "view", run, "\"roles\":[\"clerk\"]");
        keycloak.updateRealm(ACME, Map.of("accessTokenLifespan", 6));
        try {
            JsonNode login = keycloak.login(ACME, "ann");
            Listener first = listen(
                    one, "/api/events/view/" + run, login.get("access_token").asText());
            send(ACME, Feed.TASK_MESSAGE, run, "1");
            await("the first event", () -> first.data().contains("1"));
            await("the notice", () -> first.events().contains("token-expiring"));
            await("the end", first::ended);
            assertThat(first.events()).endsWith("token-expired");
            send(ACME, Feed.TASK_MESSAGE, run, "2");

            JsonNode refreshed =
                    keycloak.refresh(ACME, login.get("refresh_token").asText());
            Listener second = listen(
                    two,
                    "/api/events/view/" + run,
                    Map.of(
                            "Authorization",
                            "Bearer " + refreshed.get("access_token").asText(),
                            "Last-Event-ID",
                            first.lastId()));
            send(ACME, Feed.TASK_MESSAGE, run, "3");
            await("what came meanwhile", () -> second.data().contains("3"));
            assertThat(second.data()).containsSubsequence("2", "3").doesNotContain("1");
            assertThat(second.events()).doesNotContain("reset");

            // once logged out there is no next token
            keycloak.logout(ACME, refreshed.get("refresh_token").asText());
            assertThat(keycloak.refresh(ACME, refreshed.get("refresh_token").asText())
                            .has("access_token"))
                    .isFalse();
            await("the end", second::ended);
            assertThat(listen(
                                    one,
                                    "/api/events/view/" + run,
                                    refreshed.get("access_token").asText())
                            .status())
                    .isEqualTo(401);
        } finally {
            keycloak.updateRealm(ACME, Map.of("accessTokenLifespan", LIFESPAN_SECONDS));
        }
    }

    @Test
    @Order(4)
    void asksTheRuntimeManagerForThoseWhoBringNoTokenAndInTheNameOfThoseWhoDo() {
        Map<String, String> environment = environment("remote");
        environment.put("EVENTS_ANONYMOUS_ENABLED", "true");
        environment.put("SPRING_SECURITY_OAUTH2_CLIENT_REGISTRATION_ANONYMOUSIDENTITY_CLIENTSECRET", "s3cret");
        try (GatewayProcess gateway = new GatewayProcess(environment)) {
            String path = "/api/events/process-instance/shown" + run;
            Listener anonymous = listen(gateway, path + "?organization=" + ACME, Map.of());
            assertThat(ASKED).hasSize(1);
            assertThat(claims(ASKED.get(0).substring("Bearer ".length()))
                            .get("azp")
                            .asText())
                    .isEqualTo("flowx-anonymous-sa");
            String token = token(ACME, "bob");
            Listener bob = listen(gateway, path, token);
            assertThat(ASKED).endsWith("Bearer " + token);
            send(ACME, Feed.ENGINE_MESSAGE, "shown" + run, "1");
            await(
                    "the event",
                    () -> anonymous.data().contains("1") && bob.data().contains("1"));

            assertThat(listen(gateway, "/api/events/process-instance/hidden", token)
                            .status())
                    .isEqualTo(403);
            assertThat(listen(gateway, "/api/events/process-instance/hidden?organization=" + ACME, Map.of())
                            .status())
                    .isEqualTo(403);
            assertThat(listen(gateway, "/api/events/view/" + run + "?organization=" + ACME, Map.of())
                            .status())
                    .isEqualTo(401);
            Listener elsewhere = listen(gateway, path + "?organization=" + GLOBEX, Map.of());
            send(ACME, Feed.ENGINE_MESSAGE, "shown" + run, "2");
            await("the event", () -> anonymous.data().contains("2"));
            assertThat(elsewhere.data()).isEmpty();
            hangUp();
        }
    }

    @Test
    @Order(4)
    void writesNoTokenDownAnywhere() throws Exception {
        Map<String, String> environment = environment("authenticated");
        environment.put("EVENTS_SSE_AUTHQUERYPARAM", "true");
        environment.put("LOGGING_LEVEL_ROOT", "debug");
        environment.put("LOGGING_LEVEL_APP", "trace");
        String good = token(ACME, "ann");
        String bad = good.substring(0, good.length() - 40) + "A".repeat(40);
        try (GatewayProcess gateway = new GatewayProcess(environment)) {
            Listener ann = listen(gateway, "/api/events/view/" + run + "?access_token=" + good, Map.of());
            Listener refused = listen(gateway, "/api/events/view/" + run + "?access_token=" + bad, Map.of());
            send(ACME, Feed.TASK_MESSAGE, run, "1");
            await("the event", () -> ann.data().contains("1"));

            assertThat(refused.status()).isEqualTo(401);
            assertThat(refused.header("WWW-Authenticate")).startsWith("Bearer");
            for (String part : good.split("\\.")) {
                assertThat(gateway.log()).doesNotContain(part);
                assertThat(String.join("", refused.lines())).doesNotContain(part);
            }
            hangUp();
        }
    }

    @Test
    @Order(5)
    void goesOnWithoutKeycloakForThoseItKnows() {
        connect(ACME, "view", run, "\"roles\":[\"clerk\"]");
        String token = token(ACME, "ann");
        listen(one, "/api/events/view/" + run, token);

        keycloak.kill();

        Listener ann = listen(one, "/api/events/view/" + run, token);
        send(ACME, Feed.TASK_MESSAGE, run, "1");
        await("the event", () -> ann.data().contains("1"));
    }

    private Listener listen(GatewayProcess gateway, String path, String token) {
        return listen(gateway, path, Map.of("Authorization", "Bearer " + token));
    }

    /** Comes back, as an EventSource does, as long as it is told to. */
    private Listener listen(GatewayProcess gateway, String path, Map<String, String> headers) {
        URI uri = gateway.uri(path);
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (true) {
            Listener listener = new Listener(uri, headers);
            open.add(listener);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
            if (listener.status() != 200 || !listener.ended()) {
                return listener;
            }
            assertThat(System.nanoTime()).as("told to come back for long").isLessThan(until);
        }
    }

    private static String token(String realm, String user) {
        return keycloak.token(realm, user);
    }

    private static JsonNode claims(String token) {
        return part(token, 1);
    }

    private static JsonNode header(String token) {
        return part(token, 0);
    }

    private static JsonNode part(String token, int part) {
        try {
            return KeycloakServer.JSON.readTree(Base64.getUrlDecoder().decode(token.split("\\.")[part]));
        } catch (IOException garbled) {
            throw new IllegalStateException(garbled);
        }
    }

    private static void connect(String organisation, String type, String id, String named) {
        send(
                organisation,
                Feed.ENGINE_CONNECT,
                id,
                "{\"destination\":{\"type\":\"" + type + "\",\"id\":\"" + id + "\"}," + named + "}");
    }

    private static void send(String organisation, Feed feed, String key, String value) {
        ProducerRecord<byte[], byte[]> out = new ProducerRecord<>(
                Stack.topic(feed), key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8));
        out.headers().add("Fx-Organization-Id", organisation.getBytes(StandardCharsets.UTF_8));
        try {
            producer.send(out).get(30, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException lost) {
            throw new IllegalStateException(lost);
        }
    }
}
