package io.eventsgateway.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventsgateway.Destination;
import io.eventsgateway.Source;
import io.eventsgateway.lane.LaneClaims;
import io.eventsgateway.log.Appended;
import io.eventsgateway.log.Entry;
import io.eventsgateway.log.EventLog;
import io.eventsgateway.log.ForwardingEventLog;
import io.eventsgateway.log.InMemoryEventLog;
import io.eventsgateway.log.Left;
import io.eventsgateway.topic.Feed;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class IngestTest {

    private final EventLog log = new InMemoryEventLog(Duration.ofDays(1), InstantSource.system());
    private final List<String> buried = new ArrayList<>();
    private final List<Throwable> faults = new ArrayList<>();
    private final IngestListener listener = new IngestListener() {
        @Override
        public void failed(Feed feed, InboundRecord in, Throwable fault) {
            faults.add(fault);
        }
    };
    private int offset;

    @Test
    void countsARecordOnceThoughItComesAgainBecauseAnotherOneCouldNotBeBuried() {
        List<String> rejected = new ArrayList<>();
        List<String> sent = new ArrayList<>();
        AtomicBoolean denied = new AtomicBoolean(true);
        DeadLetters letters = (in, reason) -> {
            String key = new String(in.key(), StandardCharsets.UTF_8);
            sent.add(key);
            return key.equals("second") && denied.get()
                    ? CompletableFuture.failedStage(new IllegalStateException("denied"))
                    : CompletableFuture.completedStage(null);
        };
        Ingest ingest = new Ingest(
                new RecordDecoder(new Organisations("acme"), 1000),
                command -> Set.of(),
                log,
                letters,
                new IngestListener() {
                    @Override
                    public void rejected(Feed feed, InboundRecord in, String reason) {
                        rejected.add(new String(in.key(), StandardCharsets.UTF_8));
                    }
                });
        List<InboundRecord> batch = List.of(record("first"), record("second"));

        for (int i = 0; i < 3; i++) {
            assertThat(ingest.accept(Feed.TASK_MESSAGE, List.of(), batch).toCompletableFuture())
                    .isCompletedExceptionally();
        }
        denied.set(false);
        ingest.accept(Feed.TASK_MESSAGE, List.of(), batch).toCompletableFuture().join();

        assertThat(rejected).containsExactly("first", "second");
        assertThat(sent).containsExactly("first", "second", "second", "second", "second");
    }

    @Test
    void buriesOnlyTheRecordThatTheRouterThrowsFor() {
        Router router = command -> switch (String.valueOf(command.target().id())) {
            case "poison" -> throw new IllegalStateException("told to");
            case "deep" -> throw new StackOverflowError();
            case "nowhere" -> Set.of();
            case "half" -> new HashSet<>(Arrays.asList(new Destination("acme", "view", "half"), null));
            default -> Router.STANDARD.route(command);
        };

        Appended appended = accept(log, router, "good1", "poison", "deep", "nowhere", "half", "good2");

        assertThat(appended.events()).isEqualTo(2);
        assertThat(buried)
                .containsExactly(
                        "poison fault of the gateway: IllegalStateException",
                        "deep fault of the gateway: StackOverflowError",
                        "nowhere routed to no destination",
                        "half fault of the gateway: NullPointerException");
        assertThat(faults).hasSize(3);
        assertThat(read("good1")).isEqualTo(1);
        assertThat(read("good2")).isEqualTo(1);
        assertThat(read("half")).isZero();
    }

    @Test
    void failsTheBatchAndBuriesNothingWhenTheLogThrows() {
        EventLog broken = new ForwardingEventLog() {
            @Override
            protected EventLog delegate() {
                return log;
            }

            @Override
            public CompletionStage<Appended> append(Collection<LaneClaims> lanes, List<Entry> batch) {
                throw new IllegalStateException("told to");
            }
        };

        assertThatThrownBy(() -> accept(broken, Router.STANDARD, "good1", "good2"))
                .isInstanceOf(CompletionException.class)
                .hasRootCauseMessage("told to");
        assertThat(buried).isEmpty();
    }

    @Test
    void endsTheSpanOfEachTracedRecordWithWhatHasBecomeOfIt() {
        List<String> spans = new ArrayList<>();
        Source left = new Source("t", "id", 0, 2);
        EventLog leaves = new ForwardingEventLog() {
            @Override
            protected EventLog delegate() {
                return log;
            }

            @Override
            public CompletionStage<Appended> append(Collection<LaneClaims> lanes, List<Entry> batch) {
                return super.append(lanes, batch.subList(0, 1))
                        .thenApply(result -> result.plus(
                                new Appended(0, 0, List.of(), List.of(new Left(left, 7, "Redis is away")))));
            }
        };
        DeadLetters letters = (in, reason) -> {
            spans.add("letter");
            return CompletableFuture.completedStage(null);
        };
        Router router = command -> "poison".equals(command.target().id()) ? Set.of() : Router.STANDARD.route(command);
        Ingest ingest =
                new Ingest(new RecordDecoder(new Organisations("acme"), 1000), router, leaves, letters, tracing(spans));

        ingest.accept(Feed.TASK_MESSAGE, List.of(), List.of(record("good"), record("poison"), record("late")))
                .toCompletableFuture()
                .join();

        assertThat(spans)
                .containsExactly(
                        "0 view/good",
                        "2 view/late",
                        "1 begins to send",
                        "letter",
                        "1 REJECTED routed to no destination",
                        "2 LEFT Redis is away",
                        "0 APPENDED null");
        assertThat(log.read(new Destination("acme", "view", "good"), null, 10, 1000)
                        .toCompletableFuture()
                        .join()
                        .events())
                .extracting(stored -> stored.event().traceparent())
                .containsExactly("context 0");
    }

    @Test
    void endsTheSpansOfABatchThatFailed() {
        List<String> spans = new ArrayList<>();
        EventLog broken = new ForwardingEventLog() {
            @Override
            protected EventLog delegate() {
                return log;
            }

            @Override
            public CompletionStage<Appended> append(Collection<LaneClaims> lanes, List<Entry> batch) {
                return CompletableFuture.failedStage(new IllegalStateException("told to"));
            }
        };
        Ingest ingest = new Ingest(
                new RecordDecoder(new Organisations("acme"), 1000),
                Router.STANDARD,
                broken,
                (in, reason) -> CompletableFuture.completedStage(null),
                tracing(spans));

        assertThat(ingest.accept(Feed.TASK_MESSAGE, List.of(), List.of(record("good")))
                        .toCompletableFuture())
                .isCompletedExceptionally();

        assertThat(spans).hasSize(2);
        assertThat(spans.get(1)).startsWith("0 LEFT").contains("told to");
    }

    /** Traces every record, and keeps what happens to its span. */
    private static IngestListener tracing(List<String> spans) {
        return new IngestListener() {
            @Override
            public RecordSpan taken(Feed feed, InboundRecord in) {
                long number = in.source().offset();
                return new RecordSpan() {
                    @Override
                    public String traceparent() {
                        return "context " + number;
                    }

                    @Override
                    public void routed(Destination destination) {
                        spans.add(number + " " + destination.path());
                    }

                    @Override
                    public <T> T within(Supplier<T> step) {
                        spans.add(number + " begins to send");
                        return step.get();
                    }

                    @Override
                    public void end(Outcome outcome, @Nullable String why) {
                        spans.add(number + " " + outcome + " " + why);
                    }
                };
            }
        };
    }

    private Appended accept(EventLog to, Router router, String... keys) {
        DeadLetters deadLetters = (in, reason) -> {
            buried.add(new String(in.key(), StandardCharsets.UTF_8) + " " + reason);
            return CompletableFuture.completedStage(null);
        };
        RecordDecoder decoder = new RecordDecoder(new Organisations("acme"), 10_000);
        List<InboundRecord> batch = new ArrayList<>();
        for (String key : keys) {
            batch.add(record(key));
        }
        CompletionStage<Appended> accepted =
                new Ingest(decoder, router, to, deadLetters, listener).accept(Feed.TASK_MESSAGE, List.of(), batch);
        return accepted.toCompletableFuture().join();
    }

    private InboundRecord record(String key) {
        Source source = new Source("t", "id", 0, offset++);
        byte[] value = {'1'};
        return new InboundRecord(Feed.TASK_MESSAGE, source, key.getBytes(StandardCharsets.UTF_8), value, List.of());
    }

    private int read(String id) {
        return log.read(new Destination("acme", "view", id), null, 10, 1000)
                .toCompletableFuture()
                .join()
                .events()
                .size();
    }
}
