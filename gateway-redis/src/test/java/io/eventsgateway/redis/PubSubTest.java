package io.eventsgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.EventId;
import io.eventsgateway.Payload;
import io.eventsgateway.log.EventReader.Following;
import io.eventsgateway.log.Follower;
import io.eventsgateway.redis.FakeTopology.FakeSession;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which subscriptions are confirmed, and which logs are asked therefore. */
class PubSubTest {

    private static final KeySpace SPACE = new KeySpace("eg", 0);
    private static final Keys KEYS = SPACE.keys(new Destination("acme", "view", "1"));
    private static final EventId SECOND = new EventId(7, 20, 2);

    private final FakeTopology topology = new FakeTopology();
    private final HeldAnswers redis = new HeldAnswers();
    private final PubSub pubSub = new PubSub(topology, SPACE, "w", redis, topology::time);
    private final RecordingFollower follower = new RecordingFollower();

    /** The last that was made. */
    private PubSubConnection connection;

    @Test
    void subscribesWhenAConnectionIsMade() {
        pubSub.follow(KEYS, follower);

        FakeSession session = connect();

        assertThat(session.subscribed).contains(KEYS.channel());
        assertThat(pubSub.unconfirmed()).isEqualTo(1);
    }

    @Test
    void asksALogUntilItsSubscriptionIsConfirmedAndOnceAfterwards() {
        connectAndHear();
        pubSub.follow(KEYS, follower);
        assertThat(isAskedByPoll()).isTrue();
        redis.answer(SECOND);
        assertThat(isAskedByPoll()).isTrue();
        redis.answer(SECOND);

        pubSub.subscribed(connection, KEYS.channel());

        assertThat(pubSub.unconfirmed()).isZero();
        assertThat(isAskedByPoll()).isTrue();
        redis.answer(SECOND);
        assertThat(isAskedByPoll()).isFalse();
    }

    @Test
    void asksAgainWhereThereWasNoAnswer() {
        connectAndHear();
        pubSub.follow(KEYS, follower);
        pubSub.subscribed(connection, KEYS.channel());
        assertThat(isAskedByPoll()).isTrue();

        redis.fail();

        assertThat(isAskedByPoll()).isTrue();
    }

    @Test
    void asksNothingWhileAQuestionIsOpen() {
        pubSub.follow(KEYS, follower);
        assertThat(isAskedByPoll()).isTrue();

        assertThat(isAskedByPoll()).isFalse();
    }

    @Test
    void wakesAFollowerThatIsNotAtTheEnd() {
        pubSub.follow(KEYS, follower);
        follower.position = SECOND;
        pubSub.poll();
        redis.answer(SECOND);
        assertThat(follower.woken).isZero();

        pubSub.poll();
        redis.answer(new EventId(7, 30, 3));

        assertThat(follower.woken).isEqualTo(1);
    }

    @Test
    void wakesAFollowerThatKnowsNoPositionOnlyWhereNewsArrive() {
        connectAndHear();
        pubSub.follow(KEYS, follower);
        pubSub.poll();
        redis.answer(SECOND);
        assertThat(follower.woken).isZero();

        pubSub.subscribed(connection, KEYS.channel());
        pubSub.poll();
        redis.answer(SECOND);

        assertThat(follower.woken).isEqualTo(1);
    }

    @Test
    void wakesFollowersWhenTheirConnectionIsHeardAgain() {
        FakeSession session = connectAndHear();
        pubSub.follow(KEYS, follower);
        pubSub.subscribed(connection, KEYS.channel());
        topology.pass(PubSubConnection.SILENT_NANOS + 1);
        assertThat(pubSub.tick()).isTrue();
        assertThat(pubSub.unconfirmed()).isEqualTo(1);

        hear();

        assertThat(session.open).isTrue();
        assertThat(follower.woken).isEqualTo(1);
        assertThat(pubSub.unconfirmed()).isZero();
    }

    @Test
    void losesConfirmationsWithTheirConnectionAndAsksWhereTheServersAre() {
        FakeSession session = connectAndHear();
        pubSub.follow(KEYS, follower);
        pubSub.subscribed(connection, KEYS.channel());

        session.open = false;
        pubSub.tick();

        assertThat(pubSub.unconfirmed()).isEqualTo(1);
        assertThat(topology.refreshes).isEqualTo(1);
    }

    @Test
    void leavesAnOldPlaceOnceTheNewOneIsConfirmed() {
        FakeSession old = connectAndHear();
        pubSub.follow(KEYS, follower);
        pubSub.subscribed(connection, KEYS.channel());

        topology.server = "two";
        FakeSession young = connectAndHear();
        pubSub.reconcile();
        assertThat(young.subscribed).contains(KEYS.channel());
        assertThat(old.unsubscribed).isEmpty();
        assertThat(old.open).isTrue();
        pubSub.subscribed(connection, KEYS.channel());

        assertThat(old.unsubscribed).containsExactly(KEYS.channel());
        pubSub.tick();
        assertThat(old.open).isFalse();
        assertThat(young.open).isTrue();
    }

    @Test
    void endsASubscriptionWithItsLastFollower() {
        FakeSession session = connectAndHear();
        Following first = pubSub.follow(KEYS, follower);
        Following second = pubSub.follow(KEYS, new RecordingFollower());

        first.close();
        assertThat(session.unsubscribed).isEmpty();
        second.close();

        assertThat(session.unsubscribed).containsExactly(KEYS.channel());
        assertThat(pubSub.followed()).isZero();
    }

    @Test
    void handsOnWhatIsPublished() {
        connectAndHear();
        pubSub.follow(KEYS, follower);

        pubSub.message(connection, KEYS.channel(), message(SECOND + " 10\n", Event.message("a", Payload.EMPTY)));
        pubSub.message(connection, KEYS.channel(), Keys.bytes(SECOND + " 10\n"));

        assertThat(follower.appended)
                .containsExactly(
                        SECOND + " after " + new EventId(7, 10, 1) + " a",
                        SECOND + " after " + new EventId(7, 10, 1) + " ?");
    }

    @Test
    void wakesFollowersOfWhatItDoesNotUnderstand() {
        connectAndHear();
        pubSub.follow(KEYS, follower);

        pubSub.message(connection, KEYS.channel(), Keys.bytes(""));
        pubSub.message(connection, KEYS.channel(), Keys.bytes("7.1-1"));

        assertThat(follower.woken).isEqualTo(2);
    }

    @Test
    void asksTheLogOfAFollowerThatFailed() {
        connectAndHear();
        pubSub.follow(KEYS, follower);
        pubSub.subscribed(connection, KEYS.channel());
        pubSub.poll();
        redis.answer(SECOND);
        assertThat(isAskedByPoll()).isFalse();
        follower.fails = true;

        pubSub.message(connection, KEYS.channel(), Keys.bytes(SECOND + " 10\n"));

        assertThat(isAskedByPoll()).isTrue();
    }

    private FakeSession connect() {
        FakeSession session = new FakeSession();
        pubSub.tick();
        topology.connectingPubSub.forEach(each -> each.complete(session));
        pubSub.tick();
        connection = (PubSubConnection) session.receiver;
        return session;
    }

    private FakeSession connectAndHear() {
        FakeSession session = connect();
        hear();
        return session;
    }

    private void hear() {
        connection.message(SPACE.probe(0, "w"), Keys.bytes("probe"));
    }

    private boolean isAskedByPoll() {
        int before = redis.answers.size();
        pubSub.poll();
        return redis.answers.size() > before;
    }

    private static byte[] message(String head, Event event) {
        byte[] first = Keys.bytes(head);
        byte[] second = EventCodec.encode(event);
        byte[] all = new byte[first.length + second.length];
        System.arraycopy(first, 0, all, 0, first.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    /** A Redis whose answers are held until a test lets them go. */
    private static final class HeldAnswers implements CommandRunner {
        private final List<CompletableFuture<?>> answers = new ArrayList<>();

        @Override
        public <T> CompletionStage<T> run(
                Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<T>> command) {
            CompletableFuture<T> answer = new CompletableFuture<>();
            answers.add(answer);
            return answer;
        }

        /** Says where the one log ends. */
        @SuppressWarnings("unchecked")
        void answer(EventId end) {
            CompletableFuture<List<Object>> last = (CompletableFuture<List<Object>>) FakeTopology.last(answers);
            last.complete(List.of(
                    Keys.bytes(EventId.epochText(end.epoch())),
                    Keys.number(end.sequence()),
                    Keys.number(end.millis())));
        }

        void fail() {
            FakeTopology.last(answers).completeExceptionally(new IllegalStateException("no answer"));
        }
    }

    /** Keeps what it gets. */
    private static final class RecordingFollower implements Follower {
        private final List<String> appended = new ArrayList<>();
        private @Nullable EventId position;
        private int woken;
        private boolean fails;

        @Override
        public void appended(EventId id, EventId previous, @Nullable Event event) {
            if (fails) {
                throw new IllegalStateException("thrown by a test");
            }
            appended.add(id + " after " + previous + " " + (event == null ? "?" : event.name()));
        }

        @Override
        public @Nullable EventId position() {
            return position;
        }

        @Override
        public void wake() {
            woken++;
        }
    }
}
