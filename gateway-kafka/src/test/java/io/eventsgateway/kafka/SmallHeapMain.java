package io.eventsgateway.kafka;

import io.eventsgateway.log.InMemoryEventLog;
import io.eventsgateway.route.Ingest;
import io.eventsgateway.route.IngestListener;
import io.eventsgateway.route.Organisations;
import io.eventsgateway.route.RecordDecoder;
import io.eventsgateway.route.Router;
import io.eventsgateway.topic.Feed;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/**
 * The feed of tasks in a process of its own, whose heap a record can be too large for. Its problem is written to standard output whenever it
 * changes. It ends when its standard input does.
 */
final class SmallHeapMain {

    private SmallHeapMain() {}

    public static void main(String[] args) throws IOException {
        Map<String, Object> properties = Map.of("bootstrap.servers", args[0]);
        KafkaDeadLetters letters = new KafkaDeadLetters(args[3], properties, 1_000_000, FeedListener.NONE);
        KafkaFeeds feeds = new KafkaFeeds(
                List.of(new FeedBinding(Feed.TASK_MESSAGE, args[1], args[2], 2)),
                new KafkaOptions(
                        properties,
                        Duration.ofHours(1),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(1),
                        Duration.ofMillis(300),
                        2),
                new Ingest(
                        new RecordDecoder(new Organisations("acme"), 1_000_000),
                        Router.STANDARD,
                        new InMemoryEventLog(Duration.ofHours(1), InstantSource.system()),
                        letters,
                        IngestListener.NONE),
                FeedListener.NONE);
        feeds.start();
        Thread watch = new Thread(() -> report(feeds), "report");
        watch.setDaemon(true);
        watch.start();
        while (System.in.read() >= 0) {
            Thread.onSpinWait();
        }
        Runtime.getRuntime().halt(0);
    }

    private static void report(KafkaFeeds feeds) {
        String before = "";
        while (true) {
            String problem = feeds.problem();
            if (!problem.equals(before)) {
                System.out.println("problem=" + problem);
                before = problem;
            }
            Thread.onSpinWait();
        }
    }
}
