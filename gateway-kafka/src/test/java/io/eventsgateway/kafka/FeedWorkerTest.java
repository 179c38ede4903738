package io.eventsgateway.kafka;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.eventsgateway.kafka.FeedWorker.State;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Goes through the table of {@link FeedWorker}: every event in every state. */
class FeedWorkerTest {

    /** What can happen to a worker. */
    private enum Happening {
        MADE,
        TIME,
        FAILED,
        FINISHED,
        STOP,
        ENDED
    }

    /** What becomes of each state, in the order of {@link Happening}; null for what is illegal. */
    private static final Map<State, List<@Nullable State>> TABLE = new EnumMap<>(Map.of(
            State.WAITING,
            row(State.STARTING, State.WAITING, State.WAITING, null, State.STOPPING, State.ENDED),
            State.STARTING,
            row(null, State.SETTLED, State.WAITING, State.WAITING, State.STOPPING, null),
            State.SETTLED,
            row(null, State.SETTLED, State.WAITING, State.WAITING, State.STOPPING, null),
            State.STOPPING,
            row(State.STOPPING, State.STOPPING, State.STOPPING, State.STOPPING, State.STOPPING, State.ENDED),
            State.ENDED,
            row(null, State.ENDED, null, null, State.ENDED, State.ENDED)));

    private static List<@Nullable State> row(@Nullable State... next) {
        return Arrays.asList(next);
    }

    @Test
    void doesInEveryStateWhatItsTableSays() {
        int cells = 0;
        for (State state : State.values()) {
            for (Happening happening : Happening.values()) {
                Rig rig = new Rig();
                rig.bringTo(state);
                assertThat(rig.worker.state()).as("brought to").isEqualTo(state);

                State next = TABLE.get(state).get(happening.ordinal());
                if (next == null) {
                    assertThatIllegalStateException()
                            .as("%s, %s", state, happening)
                            .isThrownBy(() -> rig.have(happening))
                            .withMessageContaining("can't come in " + state);
                    next = state;
                } else {
                    rig.have(happening);
                }

                assertThat(rig.worker.state()).as("%s, %s", state, happening).isEqualTo(next);
                cells++;
            }
        }
        System.out.println(
                "FeedWorker: " + cells + " of " + State.values().length * Happening.values().length + " cells visited");
    }

    @Test
    void runsNoConsumerThatWasMadeAfterItWasStopped() {
        Rig rig = new Rig();
        rig.worker.stop();

        assertThat(rig.worker.made(rig.feed.loop)).isFalse();
    }

    @Test
    void wakesUpTheConsumerThatItStops() {
        Rig rig = new Rig();
        rig.bringTo(State.SETTLED);

        rig.worker.stop();

        assertThatThrownBy(() -> rig.feed.consumer.poll(Duration.ZERO)).isInstanceOf(WakeupException.class);
    }

    @Test
    void hasTheProblemOfItsLastConsumerUntilTheNextHasGoneOnForAWhile() {
        Rig rig = new Rig();
        rig.bringTo(State.STARTING);
        rig.worker.failed(new KafkaException("no broker"));
        assertThat(rig.worker.problem()).isEqualTo("no broker");

        rig.worker.made(rig.feed.loop);
        assertThat(rig.worker.problem()).isEqualTo("no broker");
        rig.have(Happening.TIME);

        assertThat(rig.worker.problem()).isEmpty();
    }

    @Test
    void logsAFailureAgainOnlyWhenAConsumerHasGoneOnForAWhileMeanwhile() {
        Rig rig = new Rig();
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(FeedWorker.class);
        lines.start();
        logger.addAppender(lines);
        try {
            rig.have(Happening.FAILED);
            rig.have(Happening.MADE);
            rig.have(Happening.FAILED);
            assertThat(warnings(lines)).isEqualTo(1);

            rig.have(Happening.MADE);
            rig.have(Happening.TIME);
            rig.have(Happening.FAILED);
            assertThat(warnings(lines)).isEqualTo(2);
        } finally {
            logger.detachAppender(lines);
        }
    }

    private static long warnings(ListAppender<ILoggingEvent> lines) {
        return lines.list.stream().filter(line -> line.getLevel() == Level.WARN).count();
    }

    /** Such as an error whose text can't be made for want of memory. */
    @Test
    void outlivesAFailureThatItCanNotReport() {
        Rig rig = new Rig();
        rig.have(Happening.MADE);

        Duration pause = rig.worker.failed(new KafkaException() {

            private static final long serialVersionUID = 1;

            @Override
            public String getMessage() {
                throw new OutOfMemoryError("on purpose");
            }
        });

        assertThat(pause).isEqualTo(Duration.ofSeconds(5));
        assertThat(rig.worker.problem()).isEqualTo(FeedWorker.NOT_REPORTED);
        assertThat(rig.worker.state()).isEqualTo(State.WAITING);
    }

    @Test
    void readsWithAnotherConsumerWhenOneIsRefusedUntilItIsStopped() throws InterruptedException {
        FeedRig feed = new FeedRig();
        BlockingQueue<FeedRig.GroupConsumer> made = new LinkedBlockingQueue<>();
        FeedWorker worker = new FeedWorker(
                "worker",
                "task-message",
                Duration.ofMillis(1),
                GroupMembershipOperation.DEFAULT,
                () -> true,
                () -> {
                    FeedRig.GroupConsumer next = new FeedRig.GroupConsumer();
                    if (made.isEmpty()) {
                        next.setPollException(new AuthorizationException("denied"));
                    }
                    made.add(next);
                    return next;
                },
                consumer -> feed.newLoop((FeedRig.GroupConsumer) consumer),
                consumer -> () -> {},
                System::nanoTime);

        worker.start();
        await(() -> made.size() == 2);
        assertThat(worker.problem()).isEqualTo("denied");
        worker.stop();
        worker.awaitEnd(System.nanoTime() + Duration.ofSeconds(60).toNanos());

        assertThat(worker.state()).isEqualTo(State.ENDED);
        assertThat(made).hasSize(2).allMatch(FeedRig.GroupConsumer::closed);
    }

    @Test
    void makesNoConsumerUntilTheLogCanBeAsked() throws InterruptedException {
        FeedRig feed = new FeedRig();
        AtomicInteger asked = new AtomicInteger();
        BlockingQueue<Integer> made = new LinkedBlockingQueue<>();
        FeedWorker worker = new FeedWorker(
                "worker",
                "task-message",
                Duration.ofMillis(1),
                GroupMembershipOperation.DEFAULT,
                () -> asked.incrementAndGet() >= 3,
                () -> {
                    made.add(asked.get());
                    return feed.consumer;
                },
                consumer -> feed.loop,
                consumer -> () -> {},
                System::nanoTime);

        worker.start();
        assertThat(made.poll(60, TimeUnit.SECONDS)).isEqualTo(3);
        worker.stop();
        worker.awaitEnd(System.nanoTime() + Duration.ofSeconds(60).toNanos());

        assertThat(worker.state()).isEqualTo(State.ENDED);
    }

    /** A worker whose thread is not started: the test is its thread. */
    private static final class Rig {

        private final FeedRig feed = new FeedRig();
        private long now = Long.MAX_VALUE;
        private final FeedWorker worker = new FeedWorker(
                "worker",
                "task-message",
                Duration.ofMillis(1),
                GroupMembershipOperation.DEFAULT,
                () -> true,
                () -> feed.consumer,
                consumer -> feed.loop,
                consumer -> () -> {},
                () -> this.now);

        void bringTo(State state) {
            switch (state) {
                case WAITING -> {}
                case STARTING -> have(Happening.MADE);
                case SETTLED -> {
                    have(Happening.MADE);
                    have(Happening.TIME);
                }
                case STOPPING -> {
                    have(Happening.MADE);
                    have(Happening.STOP);
                }
                case ENDED -> have(Happening.ENDED);
            }
        }

        void have(Happening happening) {
            switch (happening) {
                case MADE -> worker.made(feed.loop);
                case TIME -> now += Duration.ofSeconds(3).toNanos();
                case FAILED -> worker.failed(new KafkaException("no broker"));
                case FINISHED -> worker.finished();
                case STOP -> worker.stop();
                case ENDED -> worker.ended();
            }
        }
    }
}
