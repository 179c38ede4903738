package io.eventsgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.cluster.PipelinedRedisFuture;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What becomes of the answers, and of their absence, of servers that are checked. */
class ServerCheckTest {

    private static final CompletionStage<?> NOTHING_MISSING = CompletableFuture.completedStage(List.of());
    private static final CompletionStage<?> HSET_MISSING =
            CompletableFuture.completedStage(List.of(Keys.bytes("+hset")));
    private static final CompletionStage<?> SCRIPTS_MISSING = CompletableFuture.failedStage(
            new RedisCommandExecutionException("NOPERM this user has no permissions to run the 'evalsha' command"));
    private static final CompletionStage<?> NO_ANSWER =
            CompletableFuture.failedStage(new RedisCommandTimeoutException("no answer"));
    private static final CompletionStage<?> OUR_FORMAT =
            CompletableFuture.completedStage(List.of(Keys.bytes(Format.VERSION)));

    private final Queue<CompletionStage<?>> answers = new ArrayDeque<>();

    @Test
    void isFitWhereAllHaveAnsweredAndNothingIsMissing() {
        assertThat(fitness(List.of(0, 1), NOTHING_MISSING, NOTHING_MISSING, OUR_FORMAT))
                .isCompletedWithValue(Fitness.FIT);
    }

    @Test
    void doesNotTakeAServerThatDoesNotAnswerForOneThatLacksNothing() {
        assertThatThrownBy(() -> fitness(List.of(0), NO_ANSWER).join())
                .hasCauseInstanceOf(RedisCommandTimeoutException.class);
        assertThat(fitness(List.of(0, 1), NOTHING_MISSING, NO_ANSWER, OUR_FORMAT))
                .isCompletedWithValue(Fitness.unknown("no answer"));
    }

    @Test
    void namesWhatOneLacksWhereAnotherDoesNotAnswer() {
        assertThat(fitness(List.of(0, 1, 2), NO_ANSWER, SCRIPTS_MISSING, HSET_MISSING))
                .isCompletedWithValue(Fitness.unfit("the Redis user needs +evalsha +hset"));
    }

    @Test
    void doesNotKnowWhatIsLackingUntilAllHaveAnswered() {
        assertThat(lacking(NOTHING_MISSING, NO_ANSWER)).isCompletedExceptionally();
        assertThat(lacking(NO_ANSWER, HSET_MISSING)).isCompletedWithValue("the Redis user needs +hset");
        assertThat(lacking(NOTHING_MISSING, NOTHING_MISSING)).isCompletedWithValue("");
    }

    private CompletableFuture<Fitness> fitness(List<Integer> tags, CompletionStage<?>... each) {
        answers.addAll(List.of(each));
        return check(tags)
                .fitness(new FakeTopology.FakeCommands() {
                    @Override
                    public RedisClusterAsyncCommands<byte[], byte[]> async() {
                        return answering();
                    }
                })
                .toCompletableFuture();
    }

    private CompletableFuture<String> lacking(CompletionStage<?>... each) {
        answers.addAll(List.of(each));
        return check(List.of(0, 1)).lacking(answering()).toCompletableFuture();
    }

    private static ServerCheck check(List<Integer> tags) {
        KeySpace space = new KeySpace("eg", 0);
        Topology topology = new FakeTopology() {
            @Override
            public List<Integer> tagOfEach() {
                return tags;
            }
        };
        return new ServerCheck(topology, new Rights(space, "a"), new Format(space, Duration.ofHours(1)));
    }

    @SuppressWarnings("unchecked")
    private RedisClusterAsyncCommands<byte[], byte[]> answering() {
        return (RedisClusterAsyncCommands<byte[], byte[]>) Proxy.newProxyInstance(
                ServerCheckTest.class.getClassLoader(),
                new Class<?>[] {RedisClusterAsyncCommands.class},
                (proxy, method, arguments) -> new PipelinedRedisFuture<>(answers.remove()));
    }
}
