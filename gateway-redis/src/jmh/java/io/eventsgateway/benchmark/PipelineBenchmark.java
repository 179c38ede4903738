package io.eventsgateway.benchmark;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.log.Appended;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Appends of one event each are under way all the time, so many that Redis is never idle: what one core of it carries. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class PipelineBenchmark {

    private static final int UNDER_WAY = 256;
    private static final int ROUNDS = 8;

    private final Event event = Sample.event(300);
    private final List<Destination> destinations =
            IntStream.range(0, UNDER_WAY).mapToObj(Sample::destination).toList();

    private LogOnRedis redis;
    private long round;
    private double cpu;

    @Setup
    public void start() {
        redis = new LogOnRedis();
        cpu = redis.cpuMicros();
    }

    /** Each destination's next append follows on the one before. */
    @Benchmark
    @OperationsPerInvocation(UNDER_WAY * ROUNDS)
    public void append() {
        long first = round;
        List<CompletableFuture<Appended>> last = new ArrayList<>(UNDER_WAY);
        for (Destination destination : destinations) {
            CompletableFuture<Appended> next = append(destination, first);
            for (int i = 1; i < ROUNDS; i++) {
                long offset = first + i;
                next = next.thenCompose(done -> append(destination, offset));
            }
            last.add(next);
        }
        LogOnRedis.now(CompletableFuture.allOf(last.toArray(CompletableFuture<?>[]::new)));
        round += ROUNDS;
    }

    private CompletableFuture<Appended> append(Destination destination, long offset) {
        return redis.append(List.of(Sample.entry(destination, event, offset)));
    }

    /** Fails unless all was appended. */
    @TearDown
    public void close() {
        System.out.printf("%n%.1f us of Redis's CPU an append%n", (redis.cpuMicros() - cpu) / (round * UNDER_WAY));
        for (Destination destination : destinations) {
            if (redis.sequence(destination) != round) {
                throw new IllegalStateException(
                        "of " + round + " events " + redis.sequence(destination) + " were appended");
            }
        }
        redis.close();
    }
}
