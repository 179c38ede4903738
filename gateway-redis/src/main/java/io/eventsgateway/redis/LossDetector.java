package io.eventsgateway.redis;

import io.eventsgateway.redis.Problems.Need;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compares what Redis has with what it acknowledged, as {@link Guard} remembers it. Any thread may call. */
final class LossDetector {

    private static final Logger LOG = LoggerFactory.getLogger(LossDetector.class);
    private static final long NOT_TRIED_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final KeySpace space;
    private final Guard guard;
    private final CommandConnection connection;
    private final Problems problems;
    private final Topology topology;
    private final byte[] memory;

    LossDetector(
            KeySpace space,
            Guard guard,
            CommandConnection connection,
            Problems problems,
            Topology topology,
            Duration memory) {
        this.space = space;
        this.guard = guard;
        this.connection = connection;
        this.problems = problems;
        this.topology = topology;
        this.memory = Keys.number(memory.toMillis());
    }

    Guard.Known known() {
        return guard.known();
    }

    /** As that of the log. */
    String receipt() {
        return guard.receipt();
    }

    /** As that of the log. */
    CompletionStage<Boolean> has(String text) {
        CompletionStage<Boolean> all = CompletableFuture.completedStage(true);
        Receipt receipt = Receipt.parse(text);
        if (receipt == null) {
            return all;
        }
        for (Receipt.Count count : receipt.counts()) {
            CompletionStage<Boolean> one = connection
                    .run(redis -> redis.get(space.guard(count.tag(), receipt.counters())))
                    .thenApply(calls -> calls != null && Long.parseLong(Replies.text(calls)) >= count.calls());
            all = all.thenCombine(one, Boolean::logicalAnd);
        }
        return all;
    }

    /** Counts once under every tag, so that a loss is noticed before anything is appended there, and also when nothing is. */
    CompletionStage<?> touch() {
        long begun = System.nanoTime();
        Instant since = Instant.now();
        Guard.Known known = guard.known();
        return connection.meet(Need.COUNTING, redis -> touch(redis, known)).thenAccept(done -> {
            // nobody tries any more, as when what failed is another replica's now
            problems.forget(Need.CHANGING, begun - NOT_TRIED_NANOS);
            if (guard.known() == known) {
                known.intact(since);
            }
        });
    }

    private CompletionStage<Void> touch(CommandRunner redis, Guard.Known known) {
        int together = topology.routesCommands() ? 1 : Keys.TAGS;
        List<CompletableFuture<?>> touched = new ArrayList<>();
        for (int tag = 0; tag < Keys.TAGS; tag += together) {
            touched.add(touch(redis, known, tag, together).toCompletableFuture());
        }
        return CompletableFuture.allOf(touched.toArray(CompletableFuture<?>[]::new));
    }

    private CompletionStage<?> touch(CommandRunner to, Guard.Known known, int from, int together) {
        byte[][] guards = new byte[together][];
        byte[][] values = new byte[1 + together][];
        values[0] = memory;
        for (int i = 0; i < together; i++) {
            guards[i] = known.key(from + i);
            values[1 + i] = Keys.number(known.count(from + i));
        }
        return to.run(redis -> Script.TOUCH.run(redis, guards, values)).thenAccept(counts -> {
            if (counts.isEmpty()) {
                lost(known);
            }
            for (int i = 0; i < counts.size(); i++) {
                known.acknowledge(from + i, Replies.number(counts.get(i)));
            }
        });
    }

    /** Redis has less than it acknowledged. */
    void lost(Guard.Known known) {
        if (guard.lost(known)) {
            LOG.warn(
                    "Redis has less than it acknowledged, records are read again server=\"{}\" intact-until={}",
                    topology.address(),
                    guard.known().generation().intactUntil());
        }
    }
}
