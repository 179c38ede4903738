package io.eventsgateway.benchmark;

import io.eventsgateway.Destination;
import java.util.List;
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

/** Events of a thousand destinations reach the one subscriber that each of them has; told for one of the events. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ManyDestinationsBenchmark {

    private static final int MANY = 1000;

    private final List<Destination> destinations =
            IntStream.range(0, MANY).mapToObj(Sample::destination).toList();

    @Setup
    public void open(HubState hub) {
        hub.open(destinations);
    }

    @Benchmark
    @OperationsPerInvocation(MANY)
    public void manyDestinations(HubState hub) {
        hub.append(destinations);
    }

    @TearDown
    public void close(HubState hub) throws InterruptedException {
        hub.close();
    }
}
