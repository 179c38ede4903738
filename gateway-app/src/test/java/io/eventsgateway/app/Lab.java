package io.eventsgateway.app;

import static io.eventsgateway.Await.await;

import io.eventsgateway.kafka.KafkaBroker;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.ToLongBiFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Some replicas under load, with clients that keep books, while something fails. Every record that Kafka acknowledged must come to its
 * client in order and once, or be announced by a reset. Used by one thread.
 */
final class Lab implements AutoCloseable {

    private static final String NAMES = "ai.flowx.";
    private static final long CALM_MICROS = 200_000;
    private static final int CALM_SECONDS = 3;

    private final KafkaBroker kafka;
    private final String name;
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final List<GatewayProcess> replicas = new ArrayList<>();
    private final List<GatewayProcess> reachable = new java.util.concurrent.CopyOnWriteArrayList<>();
    private final AtomicInteger turn = new AtomicInteger();
    private final LabClients clients = new LabClients(this::next);
    private final KafkaProducer<byte[], byte[]> producer;
    private final SentRecords sent;
    private final int rate;
    private volatile boolean sending = true;
    private volatile boolean paused;
    private volatile String padding = "";
    private volatile Exception lastFailure;
    private Thread sender;

    Lab(String name, KafkaBroker kafka, Map<String, String> redis, int clients, int rate) {
        this.name = name;
        this.kafka = kafka;
        this.rate = rate;
        this.sent = new SentRecords(clients);
        environment.put("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
        environment.put("KAFKA_TOPIC_NAMING_ENVIRONMENT", name + ".");
        environment.put("KAFKA_CONSUMER_GROUPID_PROCESSENGINECOMMANDS_MESSAGE", name);
        environment.put("SECURITY_TYPE", "none");
        environment.put("EVENTS_SECURITY_ALLOWINSECURE", "true");
        environment.put("EVENTS_SSE_DRAINSECS", "2");
        // all clients are without a token, and of one address
        environment.put("EVENTS_SSE_MAXANONYMOUSPERADDRESS", "100000");
        environment.put("EVENTS_SSE_MAXANONYMOUS", "100000");
        environment.putAll(redis);
        kafka.createTopic(topic(), 10);
        // one request after the other: of several to a topic that was just made, a later one may be taken first, after
        // which Kafka takes
        // no earlier one any more
        producer = new KafkaProducer<>(
                Map.of(
                        "max.in.flight.requests.per.connection",
                        1,
                        "bootstrap.servers",
                        kafka.bootstrapServers(),
                        "linger.ms",
                        0,
                        "acks",
                        "all",
                        "max.request.size",
                        60_000_000,
                        "buffer.memory",
                        200_000_000L),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    String topic() {
        return NAMES + name + ".eventsgateway.engine.commands.message.v1";
    }

    private URI next() {
        List<GatewayProcess> now = List.copyOf(reachable);
        return now.isEmpty()
                ? URI.create("http://127.0.0.1:1")
                : now.get(Math.floorMod(turn.getAndIncrement(), now.size())).uri("/");
    }

    /** Starts one more replica and sends clients to it. */
    GatewayProcess addReplica() {
        GatewayProcess replica = new GatewayProcess(environment);
        replicas.add(replica);
        reachable.add(replica);
        return replica;
    }

    List<GatewayProcess> replicas() {
        return replicas;
    }

    /** Kills a replica and starts it again. */
    void killAndStart(GatewayProcess replica) {
        kill(replica);
        startAgain(replica);
    }

    /** Kills a replica. */
    void kill(GatewayProcess replica) {
        reachable.remove(replica);
        replica.kill();
    }

    /** Starts a replica that was killed. */
    void startAgain(GatewayProcess replica) {
        replica.start();
        awaitServing(replica);
    }

    /** Stops a replica as an operator does and starts it again. */
    void restart(GatewayProcess replica) {
        stop(replica);
        replica.start();
        awaitServing(replica);
    }

    /** Stops a replica for good. */
    void stop(GatewayProcess replica) {
        reachable.remove(replica);
        int exitCode = replica.stop();
        if (exitCode != 0) {
            throw new IllegalStateException("gateway ended with " + exitCode + ":\n" + replica.log());
        }
    }

    private void awaitServing(GatewayProcess replica) {
        await("the replica", () -> replica.answers());
        reachable.add(replica);
    }

    LabClients clients() {
        return clients;
    }

    /**
     * Connects a client to each destination and begins to send.
     *
     * @param measured of how many clients the delays count
     * @param settle waits until what begins is over: its delays do not count
     */
    void begin(int measured, Runnable settle) {
        for (int i = 0; i < sent.destinations(); i++) {
            clients.connect("/api/events/process-instance/" + name + i, i < measured);
            if (i % 1000 == 999) {
                pass(1);
            }
        }
        await("all clients", Duration.ofMinutes(6), () -> clients.all().stream().allMatch(each -> each.open));
        sender = new Thread(this::send, "lab-load");
        sender.start();
        await("the first events", () -> clients.events() > sent.destinations());
        settle.run();
        clients.delays().reset();
    }

    /**
     * Waits until every replica reads and the clients got everything at once for a while, in which a replica that was just started compiles
     * what it runs; for a minute where the machine is too slow for that.
     */
    void awaitCalm() {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!isCalm() && System.nanoTime() < until) {
            pass(0.1);
        }
    }

    private boolean isCalm() {
        if (!isEveryReplicaReading()) {
            return false;
        }
        long before = clients.events();
        clients.longestSince();
        pass(CALM_SECONDS);
        return clients.longestSince() < CALM_MICROS && clients.events() - before > rate * CALM_SECONDS / 2;
    }

    /** Whether the group is stable, and each replica's consumers have partitions. */
    private boolean isEveryReplicaReading() {
        ConsumerGroupDescription group = kafka.admin(admin ->
                admin.describeConsumerGroups(List.of(name)).describedGroups().get(name));
        return group.groupState() == GroupState.STABLE
                && group.members().stream()
                        .noneMatch(
                                member -> member.assignment().topicPartitions().isEmpty())
                && group.members().stream()
                                .map(member ->
                                        member.groupInstanceId().orElse("").replaceAll("-feed-.*", ""))
                                .distinct()
                                .count()
                        == replicas.size();
    }

    /** Open loop: what is due is sent, however long anything takes. */
    private void send() {
        long began = System.nanoTime();
        long count = 0;
        while (sending) {
            long due = (System.nanoTime() - began) * rate / 1_000_000_000L;
            for (; count < due; count++) {
                while (paused) {
                    LockSupport.parkNanos(1_000_000);
                }
                sendOne((int) (count % sent.destinations()), padding);
            }
            LockSupport.parkNanos(1_000_000);
        }
        producer.flush();
    }

    /** Sends nothing while a task runs, after all that was sent has arrived. */
    void pauseSending(Runnable task) {
        paused = true;
        producer.flush();
        await("all that was sent", () -> missing() == 0);
        task.run();
        paused = false;
    }

    /** Sends the next record of one destination. */
    synchronized void sendOne(int destination, String pad) {
        String key = name + destination;
        long number = sent.send(destination);
        String value = "{\"n\":" + number + ",\"t\":" + System.nanoTime() + ",\"processInstanceUuid\":\"" + key + "\""
                + pad + "}";
        ProducerRecord<byte[], byte[]> next = new ProducerRecord<>(
                topic(), key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8));
        producer.send(next, (acknowledged, failure) -> {
            if (failure == null) {
                sent.acknowledge(destination, number);
            } else {
                lastFailure = failure;
            }
        });
    }

    /** Sends to a destination that is none of the clients'. */
    void sendBusy(int number, String pad) {
        String key = name + "busy";
        String value = "{\"n\":" + number + ",\"t\":0,\"processInstanceUuid\":\"" + key + "\"" + pad + "}";
        producer.send(new ProducerRecord<>(
                topic(), key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8)));
    }

    /** Of all replicas. */
    long residentMegabytes() {
        return replicas.stream().mapToLong(GatewayProcess::residentMegabytes).sum();
    }

    /** The longest delay of what clients get over the connections that they have, while a task runs, in milliseconds. */
    long longestOfThoseThatStay(Runnable task) {
        clients.longestOfThoseThatStayedSince();
        task.run();
        return TimeUnit.MICROSECONDS.toMillis(clients.longestOfThoseThatStayedSince());
    }

    /** Has all clients connect again, to all replicas. */
    void spread() {
        clients.all().forEach(LabClients.One::cutAndReturn);
    }

    /** Lets some time pass under load. */
    void pass(double seconds) {
        LockSupport.parkNanos((long) (seconds * 1e9));
    }

    /** Stops sending, waits until everybody has everything, and tells the result. */
    Result finish() {
        sending = false;
        try {
            sender.join();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
        long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(4);
        while (missing() > 0 && System.nanoTime() < until) {
            LockSupport.parkNanos(50_000_000);
        }
        if (sent.open() > 0) {
            System.out.println(
                    name + ": not acknowledged by Kafka, so not counted: " + sent.open() + ", " + lastFailure);
        }
        List<LabClients.One> all = clients.all();
        return new Result(
                name,
                sent.acknowledged(),
                all.size(),
                all.stream().mapToLong(each -> each.connects - 1).sum(),
                counted(LabClients.One::lost) + missing(),
                all.stream().mapToLong(each -> each.twice).sum(),
                all.stream().mapToLong(each -> each.resets).sum(),
                counted(LabClients.One::announced),
                clients.delays().getValueAtPercentile(50) / 1000.0,
                clients.delays().getValueAtPercentile(99) / 1000.0,
                clients.delays().getMaxValue() / 1000.0);
    }

    /** How many of the clients' numbers are those of records that Kafka has. */
    private long counted(Function<LabClients.One, LongStream> numbers) {
        return sum((destination, client) -> sent.acknowledgedOf(destination, numbers.apply(client)));
    }

    /** What Kafka has and the clients do not have yet. */
    private long missing() {
        return sum((destination, client) -> sent.acknowledgedFrom(destination, client.expected));
    }

    private long sum(ToLongBiFunction<Integer, LabClients.One> of) {
        List<LabClients.One> all = clients.all();
        return IntStream.range(0, all.size())
                .mapToLong(i -> of.applyAsLong(i, all.get(i)))
                .sum();
    }

    @Override
    public void close() {
        sending = false;
        clients.close();
        replicas.forEach(GatewayProcess::kill);
        producer.close();
    }

    /**
     * What was found.
     *
     * @param lost records that never came and were not announced
     * @param twice records that came again without a reset before
     * @param announced records that never came, after a reset had said so
     * @param p50 milliseconds from sending to the client; so p99 and longest
     */
    record Result(
            String name,
            long records,
            int clients,
            long reconnects,
            long lost,
            long twice,
            long resets,
            long announced,
            double p50,
            double p99,
            double longest) {

        static final String HEAD = """
                | fault | records | clients | reconnects | lost | twice | resets | announced | p50 ms | p99 ms | longest ms |
                |---|---|---|---|---|---|---|---|---|---|---|""";

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "| %s | %d | %d | %d | %d | %d | %d | %d | %.1f | %.0f | %.0f |",
                    name,
                    records,
                    clients,
                    reconnects,
                    lost,
                    twice,
                    resets,
                    announced,
                    p50,
                    p99,
                    longest);
        }
    }
}
