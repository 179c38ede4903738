package io.eventsgateway.app;

import static io.eventsgateway.Await.await;

import io.eventsgateway.topic.Feed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What clients cost that take nothing, come and go, never finish their request, or vanish: {@code mvn -q -Pfaults -Dlab=ClientsLab -DskipTests
 * verify}, with {@code -Dfaults=connects} for one of the rows. Used by one thread.
 */
final class ClientsLab implements AutoCloseable {

    private static final String TOPIC = Stack.topic(Feed.ENGINE_MESSAGE);
    private static final int STALLED = 300;
    private static final int CONNECTS = 100_000;
    private static final int THREADS = 8;
    private static final int SLOW = 200;
    private static final int VANISHED = 100;
    private static final int OTHERS = 20;

    private final Stack stack = new Stack();
    private final GatewayProcess gateway;

    private ClientsLab() {
        Map<String, String> environment = stack.environment();
        // all clients are without a token, and most of one address
        environment.put("EVENTS_SSE_MAXANONYMOUSPERADDRESS", "100000");
        gateway = new GatewayProcess(environment);
    }

    public static void main(String[] args) {
        String only = System.getProperty("faults", "");
        try (ClientsLab lab = new ClientsLab()) {
            Map<String, Runnable> rows = new LinkedHashMap<>();
            rows.put("stalled", lab::stalled);
            rows.put("connects", lab::connects);
            rows.put("unfinished", lab::unfinished);
            rows.put("vanished", lab::vanished);
            rows.forEach((name, row) -> {
                if (only.isEmpty() || List.of(only.split(",", -1)).contains(name)) {
                    row.run();
                }
            });
        }
        System.exit(0);
    }

    /** Clients of a busy destination that take nothing: what the kernel and the heap keep for them. */
    private void stalled() {
        List<SlowClient> clients = new ArrayList<>();
        long kernelBefore = kernelMegabytes();
        long heapBefore = gateway.liveBytes();
        for (int i = 0; i < STALLED; i++) {
            clients.add(new SlowClient(gateway.uri("/api/events/process-instance/stalled"), 0));
        }
        SlowClient quick = new SlowClient(gateway.uri("/api/events/process-instance/stalled"), 0);
        quick.hurry();
        int events = 2500;
        String pad = "x".repeat(8000);
        byte[] key = "stalled".getBytes(StandardCharsets.UTF_8);
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            for (int i = 0; i < events; i++) {
                String value = "{\"n\":" + i + ",\"t\":0,\"processInstanceUuid\":\"stalled\",\"pad\":\"" + pad + "\"}";
                producer.send(new ProducerRecord<>(TOPIC, key, value.getBytes(StandardCharsets.UTF_8)));
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
            }
        }
        await("the client that reads", Duration.ofMinutes(3), () -> quick.expected() == events);
        long kernel = kernelMegabytes() - kernelBefore;
        long heap = (gateway.liveBytes() - heapBefore) / 1024 / 1024;
        clients.forEach(SlowClient::hurry);
        await("all clients", Duration.ofMinutes(6), () -> clients.stream().allMatch(one -> one.expected() == events));
        long wrong = clients.stream().mapToLong(SlowClient::wrong).sum();
        clients.forEach(SlowClient::close);
        quick.close();
        System.out.printf(
                "stalled: clients=%d events=%d of 8 KB, the kernel keeps %d MB more for the gateway, live heap more by %d MB; once they read, all came, wrong=%d%n",
                STALLED, events, kernel, heap, wrong);
    }

    /** Clients that come and go, each with a destination of its own; one in four says goodbye. */
    private void connects() {
        comeAndGo("warm", CONNECTS / 10);
        Footprint before = footprint();
        long since = System.nanoTime();
        comeAndGo("c", CONNECTS);
        double seconds = (System.nanoTime() - since) / 1e9;
        long left = System.nanoTime();
        await("an empty hub", () -> footprint().streams() == 0);
        System.out.printf(
                "connects: %d in %.0f s; streams gone within %.1f s of the last%n  before %s%n  after  %s%n",
                CONNECTS, seconds, (System.nanoTime() - left) / 1e9, before, settled(before));
    }

    /** What the gateway has once it has no more of anything than before, or after two minutes: some things are kept for one. */
    private Footprint settled(Footprint before) {
        Footprint now = footprint();
        for (int i = 0; i < 24 && !now.isWithin(before); i++) {
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(5));
            now = footprint();
        }
        return now;
    }

    private void comeAndGo(String name, int count) {
        AtomicInteger next = new AtomicInteger();
        AtomicInteger served = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            // addresses of their own: one has too few ports for all
            String from = "127.0.0." + (2 + i);
            Thread thread = new Thread(() -> {
                for (int each = next.getAndIncrement(); each < count; each = next.getAndIncrement()) {
                    comeAndGo(name + each, from, each % 4 == 0);
                    served.incrementAndGet();
                }
            });
            threads.add(thread);
            thread.start();
        }
        threads.forEach(ClientsLab::join);
        if (served.get() != count) {
            throw new IllegalStateException("only " + served + " of " + count + " clients were served");
        }
    }

    private void comeAndGo(String id, String from, boolean orderly) {
        try (Socket socket = connect(from)) {
            socket.setSoLinger(!orderly, 0);
            request(socket, id);
            if (socket.getInputStream().read(new byte[100]) < 0) {
                throw new IllegalStateException("closed at once");
            }
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    /** Connections whose request comes a byte a second, or not at all: how long they last, and what others notice. */
    private void unfinished() {
        double alone = firstLineMillis();
        List<Socket> all = new ArrayList<>();
        long since = System.nanoTime();
        try {
            for (int i = 0; i < 2 * SLOW; i++) {
                all.add(connect("127.0.0.2"));
            }
            double beside = firstLineMillis();
            List<Socket> open = new ArrayList<>(all);
            while (!open.isEmpty() && System.nanoTime() - since < TimeUnit.MINUTES.toNanos(5)) {
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
                open.removeIf(socket -> isOver(socket, all.indexOf(socket) < SLOW));
            }
            System.out.printf(
                    "unfinished: %d with a byte a second, %d silent: %d left after %.0f s; first line for another, medians: alone %.1f ms, beside %.1f ms%n",
                    SLOW, SLOW, open.size(), (System.nanoTime() - since) / 1e9, alone, beside);
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        } finally {
            all.forEach(ClientsLab::close);
        }
    }

    private static boolean isOver(Socket socket, boolean writes) {
        try {
            if (writes) {
                socket.getOutputStream().write('G');
            }
            socket.setSoTimeout(1);
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    private double firstLineMillis() {
        List<Double> waited = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            long since = System.nanoTime();
            comeAndGo("other" + i, "127.0.0.9", false);
            waited.add((System.nanoTime() - since) / 1e6);
        }
        waited.sort(null);
        return waited.get(waited.size() / 2);
    }

    /**
     * Clients whose network is gone, so that no end of theirs comes, and no acknowledgement: when the gateway has forgotten them, and what
     * others of the same busy destination notice. It depends on the kernel's {@code tcp_retries2}.
     */
    private void vanished() {
        Map<String, String> environment = stack.environment();
        environment.put("EVENTS_SSE_HEARTBEATSECS", "2");
        environment.put("EVENTS_SSE_CLEANUP_MAXAGEMINS", "1");
        environment.put("EVENTS_SSE_CLEANUP_INTERVALMINS", "1");
        List<Socket> all = new ArrayList<>();
        try (GatewayProcess own = new GatewayProcess(environment);
                LabClients others = new LabClients(() -> own.uri("/"));
                NumberedRecords records = new NumberedRecords(stack)) {
            for (int i = 0; i < VANISHED; i++) {
                all.add(connect(own, "127.0.0.8", "quiet-" + i));
                all.add(connect(own, "127.0.0.8", "busy"));
            }
            for (int i = 0; i < OTHERS; i++) {
                others.connect("/api/events/process-instance/busy", true);
            }
            await("all streams", () -> Footprint.metric(own, "streams") == 2 * VANISHED + OTHERS);
            // consumers have their partitions
            records.send("busy");
            await("a first event", () -> others.all().stream().allMatch(one -> one.expected == 1));
            System.out.printf(
                    "vanished: tcp_retries2=%s%n",
                    Footprint.read("/proc/sys/net/ipv4/tcp_retries2").strip());
            SilentAddress.during(() -> sendUntilForgotten(own, records), "127.0.0.8");
            others("beside them", others, records);
            for (int i = 0; i < 1000; i++) {
                sendToBusy(records);
            }
            others("without them", others, records);
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        } finally {
            all.forEach(ClientsLab::close);
        }
    }

    private static void others(String when, LabClients others, NumberedRecords records) {
        List<LabClients.One> all = others.all();
        await("the others", Duration.ofMinutes(3), () -> all.stream()
                .allMatch(one -> one.expected == records.sent("busy")));
        System.out.printf(
                "vanished: %s, %d others had %d events, lost=%d twice=%d median=%d ms p99=%d ms longest=%d ms%n",
                when,
                OTHERS,
                others.delays().getTotalCount(),
                all.stream().mapToLong(one -> one.lost().count()).sum(),
                all.stream().mapToLong(one -> one.twice).sum(),
                others.delays().getValueAtPercentile(50) / 1000,
                others.delays().getValueAtPercentile(99) / 1000,
                others.delays().getMaxValue() / 1000);
        others.delays().reset();
    }

    private static void sendToBusy(NumberedRecords records) {
        records.send("busy", "x".repeat(2000));
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }

    /** Each quiet client has a destination of its own. */
    private static void sendUntilForgotten(GatewayProcess own, NumberedRecords records) {
        long since = System.nanoTime();
        long quiet = VANISHED;
        long busy = VANISHED;
        for (int i = 0; quiet + busy > 0; i++) {
            sendToBusy(records);
            if (i % 50 == 0) {
                long quietNow = Math.min(quiet, Footprint.metric(own, "destinations") - 1);
                long busyNow = Math.max(0, Footprint.metric(own, "streams") - OTHERS - quietNow);
                if (quietNow != quiet || busyNow != busy) {
                    quiet = quietNow;
                    busy = busyNow;
                    System.out.printf(
                            "vanished: after %.0f s of the busy destination %d, quiet %d%n",
                            (System.nanoTime() - since) / 1e9, busy, quiet);
                }
            }
        }
    }

    private Socket connect(String from) throws IOException {
        return connect(gateway, from);
    }

    private static Socket connect(GatewayProcess to, String from) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
        socket.connect(new InetSocketAddress("127.0.0.1", to.port()));
        return socket;
    }

    private static Socket connect(GatewayProcess to, String from, String id) throws IOException {
        Socket socket = connect(to, from);
        request(socket, id);
        return socket;
    }

    private static void request(Socket socket, String id) throws IOException {
        String request = "GET /api/events/process-instance/" + id + " HTTP/1.1\r\nHost: gateway\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    }

    private KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", stack.kafka().bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException unclosed) {
            throw new UncheckedIOException(unclosed);
        }
    }

    /** What the kernel keeps for the gateway's ends of its connections, as ss of iproute2 knows it; the clients' ends are another machine's. */
    private long kernelMegabytes() {
        String sockets;
        try {
            sockets = new String(
                    new ProcessBuilder("ss", "-Htnm", "sport", "=", ":" + gateway.port())
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start()
                            .getInputStream()
                            .readAllBytes(),
                    StandardCharsets.US_ASCII);
        } catch (IOException missing) {
            throw new UncheckedIOException("iproute2 is needed: apt-get install iproute2", missing);
        }
        // received and not read, allocated ahead, queued to be sent
        return Pattern.compile("skmem:\\(r([0-9]+),.*,f([0-9]+),w([0-9]+),")
                        .matcher(sockets)
                        .results()
                        .mapToLong(socket -> IntStream.rangeClosed(1, 3)
                                .mapToLong(i -> Long.parseLong(socket.group(i)))
                                .sum())
                        .sum()
                / 1024
                / 1024;
    }

    private Footprint footprint() {
        return Footprint.of(gateway, stack.redis().uri());
    }

    @Override
    public void close() {
        gateway.close();
        stack.close();
    }
}
