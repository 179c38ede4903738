package io.eventsgateway.kafka;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.eventsgateway.FreePort;
import io.eventsgateway.topic.Feed;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.MetricsReporter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** What is no Kafka where Kafka should be, and clients that die. */
class OddServersIT extends FeedsOnABroker {

    @ParameterizedTest
    @CsvSource({
        "15030300020246, 'speaks TLS, and the security protocol is PLAINTEXT'",
        "485454502f312e3120343030, 'speaks HTTP, not Kafka'",
        "5353482d322e302d4f70656e, 'answers, but does not speak Kafka'",
        "0000000a0000000000000000, 'answers, but does not speak Kafka'"
    })
    void saysWhatAnswersInPlaceOfKafkaAndReadsWhenKafkaDoes(String answer, String words) throws Exception {
        String topic = topic(Feed.TASK_MESSAGE);
        broker.createTopic(topic, 1);
        try (Door door = new Door(HexFormat.of().parseHex(answer))) {
            ofConsumers.put("bootstrap.servers", door.address());
            KafkaFeeds feeds = startFeeds(Feed.TASK_MESSAGE);
            await(() -> feeds.problem().equals("no Kafka at the bootstrap servers: " + door.address() + " " + words));

            door.to = broker.bootstrapServers();
            send(topic, "a", "1");

            await(() -> data("view/a").equals(List.of("1")));
            await(() -> feeds.problem().isEmpty());
        }
    }

    /** Consumers hear nothing of a broker that is away, and throw nothing. */
    @Test
    void saysThatNobodyAnswersAndSinceWhenAndReadsWhenKafkaDoes() throws Exception {
        String topic = topic(Feed.TASK_MESSAGE);
        broker.createTopic(topic, 1);
        int port = FreePort.any();
        String address = "127.0.0.1:" + port;
        ofConsumers.put("bootstrap.servers", address);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(ClusterWatch.class);
        Level before = logger.getLevel();
        logger.setLevel(Level.INFO);
        lines.start();
        logger.addAppender(lines);
        try {
            KafkaFeeds feeds = startFeeds(Feed.TASK_MESSAGE);
            String away = "Kafka does not answer at " + address + " (Connection refused) (KAFKA_BOOTSTRAP_SERVERS)";
            await(() -> feeds.problem().equals(away));
            await(() -> has(lines, Level.WARN, "Kafka does not work address=\"" + address + "\"", away));
            assertThat(lines.list.get(0).getFormattedMessage()).doesNotContain("PT", "Exception");

            try (Door door = new Door(port, new byte[0])) {
                door.to = broker.bootstrapServers();
                send(topic, "a", "1");

                await(() -> data("view/a").equals(List.of("1")));
                await(() -> feeds.problem().isEmpty());
                await(() -> has(lines, Level.INFO, "Kafka works again address=\"" + address + "\"", " after="));
            }
        } finally {
            logger.detachAppender(lines);
            logger.setLevel(before);
        }
    }

    private static boolean has(ListAppender<ILoggingEvent> lines, Level level, String start, String part) {
        return List.copyOf(lines.list).stream()
                .anyMatch(line -> line.getLevel().equals(level)
                        && line.getFormattedMessage().startsWith(start)
                        && line.getFormattedMessage().contains(part));
    }

    @Test
    void namesAPatternThatMatchesNothingAndTopicsThatAreLikeIt() {
        String like = "eventsgateway." + run + ".receive.v1";
        broker.createTopic(like, 1);

        KafkaFeeds feeds = startFeeds(Feed.GENERIC_MESSAGE);
        String pattern = Feed.GENERIC_MESSAGE.topic(naming);
        await(() -> feeds.missing().stream()
                .anyMatch(each -> each.startsWith("nothing matches " + pattern + "; near: " + like)));
        assertThat(feeds.problem()).isEmpty();
        broker.createTopic(generic, 1);

        await(() -> feeds.missing().isEmpty());
    }

    @Test
    void readsByTheOtherAddressesWhereOneIsNoKafkas() throws Exception {
        String topic = topic(Feed.TASK_MESSAGE);
        broker.createTopic(topic, 1);
        try (Door door = new Door("HTTP/1.1 400".getBytes(StandardCharsets.US_ASCII))) {
            ofConsumers.put("bootstrap.servers", door.address() + "," + broker.bootstrapServers());
            startFeeds(Feed.TASK_MESSAGE);
            send(topic, "a", "1");

            await(() -> data("view/a").equals(List.of("1")));
        }
    }

    @Test
    void replacesAnAdminClientWhoseThreadHasDied() {
        String topic = topic(Feed.TASK_MESSAGE);
        broker.createTopic(topic, 1);
        ofConsumers.put("metric.reporters", Deadly.class.getName());
        Deadly.armed = true;
        KafkaFeeds feeds = startFeeds(Feed.TASK_MESSAGE);

        await(() -> !Deadly.armed);
        broker.growTopic(topic, 2);

        await(() -> feeds.consumers().get(Feed.TASK_MESSAGE) == 2);
        await(() -> feeds.problem().isEmpty());
    }

    /** Kills the thread of one admin client. */
    public static final class Deadly implements MetricsReporter {

        private static volatile boolean armed;

        /** Made by Kafka's client. */
        public Deadly() {}

        @Override
        public void init(List<KafkaMetric> metrics) {}

        @Override
        public void metricChange(KafkaMetric metric) {
            if (armed && Thread.currentThread().getName().startsWith("kafka-admin-client-thread")) {
                armed = false;
                throw new OutOfMemoryError("Java heap space");
            }
        }

        @Override
        public void metricRemoval(KafkaMetric metric) {}

        @Override
        public void close() {}

        @Override
        public void configure(Map<String, ?> configs) {}
    }

    /** A port where somebody answers everything alike, until it leads to another address. */
    private static final class Door implements AutoCloseable {

        private final ServerSocket server;
        private final byte[] answer;
        volatile @Nullable String to;

        Door(byte[] answer) throws IOException {
            this(0, answer);
        }

        Door(int port, byte[] answer) throws IOException {
            this.server = new ServerSocket(port, 50, InetAddress.getByName("127.0.0.1"));
            this.answer = answer;
            start(this::accept);
        }

        String address() {
            return "127.0.0.1:" + server.getLocalPort();
        }

        private static void start(Runnable task) {
            Thread thread = new Thread(task, "door");
            thread.setDaemon(true);
            thread.start();
        }

        private void accept() {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    start(() -> serve(socket));
                } catch (IOException closed) {
                    return;
                }
            }
        }

        private void serve(Socket socket) {
            String address = to;
            try (socket) {
                if (address == null) {
                    socket.getInputStream().read(new byte[100]);
                    socket.getOutputStream().write(answer);
                    socket.getInputStream().transferTo(OutputStream.nullOutputStream());
                    return;
                }
                int colon = address.indexOf(':');
                try (Socket other =
                        new Socket(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)))) {
                    InputStream back = other.getInputStream();
                    start(() -> copy(back, socket));
                    socket.getInputStream().transferTo(other.getOutputStream());
                }
            } catch (IOException gone) {
                // the other side's end
            }
        }

        private static void copy(InputStream from, Socket socket) {
            try {
                from.transferTo(socket.getOutputStream());
            } catch (IOException gone) {
                // the other side's end
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
