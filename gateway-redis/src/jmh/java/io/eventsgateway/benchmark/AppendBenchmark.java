package io.eventsgateway.benchmark;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.log.Appended;
import io.eventsgateway.log.EventReader.Following;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A batch of events is appended, from the call until Redis has answered; nothing else is under way. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class AppendBenchmark {

    /** What is in a batch. */
    public enum Batch {
        ONE(1, 1),
        OF_64_DESTINATIONS(64, 64),
        OF_ONE_DESTINATION(64, 1);

        private final int entries;
        private final int destinations;

        Batch(int entries, int destinations) {
            this.entries = entries;
            this.destinations = destinations;
        }
    }

    private final Event event = Sample.event(300);

    @Param
    Batch batch;

    @Param({"false", "true"})
    boolean followed;

    private LogOnRedis redis;
    private List<Destination> destinations;
    private List<RecordingFollower> followers;
    private List<Following> followings;
    private long offset;
    private double cpu;

    @Setup
    public void start() {
        redis = new LogOnRedis();
        destinations = IntStream.range(0, batch.destinations)
                .mapToObj(Sample::destination)
                .toList();
        followers = destinations.stream().map(each -> new RecordingFollower()).toList();
        followings = IntStream.range(0, followed ? batch.destinations : 0)
                .mapToObj(i -> redis.log().follow(destinations.get(i), followers.get(i)))
                .toList();
        redis.await(state -> state.followed() == followings.size() && state.unconfirmed() == 0);
        cpu = redis.cpuMicros();
    }

    @Benchmark
    public Appended append() {
        return LogOnRedis.now(redis.append(IntStream.range(0, batch.entries)
                .mapToObj(i -> Sample.entry(destinations.get(i % batch.destinations), event, offset++))
                .toList()));
    }

    /** Fails unless all was appended, and reached the followers. */
    @TearDown
    public void close() {
        System.out.printf("%n%.1f us of Redis's CPU an event%n", (redis.cpuMicros() - cpu) / offset);
        long events = offset / batch.destinations;
        for (int i = 0; i < batch.destinations; i++) {
            long sequence = redis.sequence(destinations.get(i));
            if (sequence != events || (followed && !followers.get(i).reaches(events))) {
                throw new IllegalStateException(
                        "of " + events + " events " + sequence + " were appended, and followed up to "
                                + followers.get(i).position());
            }
        }
        followings.forEach(Following::close);
        redis.close();
    }
}
