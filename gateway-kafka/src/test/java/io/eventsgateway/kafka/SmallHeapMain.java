package io.eventsgateway.kafka;

import io.eventsgateway.lane.Claim;
import io.eventsgateway.lane.Found;
import io.eventsgateway.lane.LaneClaims;
import io.eventsgateway.log.Appended;
import io.eventsgateway.log.Entry;
import io.eventsgateway.log.EventLog;
import io.eventsgateway.log.ForwardingEventLog;
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
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The feed of tasks in a process of its own, whose heap a record can be too large for. Its problem is written to standard output whenever it
 * changes. It ends when its standard input does.
 */
final class SmallHeapMain {

    private SmallHeapMain() {}

    /** A log that has, as far as its readers know, what it acknowledged to the processes before. */
    private static final class OfAllProcesses extends ForwardingEventLog {

        private final EventLog log = new InMemoryEventLog(Duration.ofHours(1), InstantSource.system());

        @Override
        protected EventLog delegate() {
            return log;
        }

        @Override
        public CompletionStage<Appended> append(Collection<LaneClaims> lanes, List<Entry> batch) {
            List<Claim> claims = lanes.stream().map(each -> each.of(0)).toList();
            return log.append(List.of(), batch)
                    .thenApply(done -> new Appended(done.events(), done.duplicates(), claims));
        }

        @Override
        public CompletionStage<List<Found>> check(Collection<LaneClaims> lanes) {
            return CompletableFuture.completedStage(lanes.stream()
                    .map(each -> new Found(each.of(0), each.of(0).from()))
                    .toList());
        }
    }

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
                        Duration.ofMillis(300)),
                new Ingest(
                        new RecordDecoder(new Organisations("acme"), 1_000_000),
                        Router.STANDARD,
                        new OfAllProcesses(),
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
            String problem = feeds.problem() + String.join("; ", feeds.paused().values());
            if (!problem.equals(before)) {
                System.out.println("problem=" + problem);
                before = problem;
            }
            Thread.onSpinWait();
        }
    }
}
