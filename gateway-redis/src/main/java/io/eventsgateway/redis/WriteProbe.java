package io.eventsgateway.redis;

import io.eventsgateway.redis.Problems.Need;
import io.lettuce.core.SetArgs;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Sees whether every server can be written to, also while nothing is appended there. One that did not answer, or could not be written to,
 * may lack what nobody has asked it for, or have a successor that does: it is asked before it counts as one that works. Any thread may
 * call.
 */
final class WriteProbe {

    private static final long NOT_TRIED_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final Duration KEPT = Duration.ofMinutes(1);
    private static final byte[] NOTHING = new byte[0];

    private final KeySpace space;
    private final String writer;
    private final CommandConnection connection;
    private final ServerCheck check;
    private final Problems problems;
    private final Topology topology;

    WriteProbe(
            KeySpace space,
            String writer,
            CommandConnection connection,
            ServerCheck check,
            Problems problems,
            Topology topology) {
        this.space = space;
        this.writer = writer;
        this.connection = connection;
        this.check = check;
        this.problems = problems;
        this.topology = topology;
    }

    /** Writes to every server that is known. */
    CompletionStage<?> write() {
        long begun = System.nanoTime();
        return connection
                .meet(Need.WRITING, to -> allowed().thenCombine(write(to), (allowed, written) -> to))
                // nobody tries any more, as when what failed is another replica's now
                .thenAccept(done -> problems.forget(Need.CHANGING, begun - NOT_TRIED_NANOS));
    }

    private CompletionStage<?> allowed() {
        return problems.has(Need.WRITING) ? connection.recheck(check::lacking) : CompletableFuture.completedStage(null);
    }

    private CompletionStage<Void> write(CommandRunner to) {
        return CompletableFuture.allOf(topology.tagOfEach().stream()
                .map(tag -> to.run(redis ->
                                redis.set(space.write(tag, writer), NOTHING, SetArgs.Builder.px(KEPT.toMillis())))
                        .toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new));
    }
}
