package io.eventsgateway.benchmark;

import io.eventsgateway.Destination;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** An event of one destination reaches all its subscribers. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FanOutBenchmark {

    private final List<Destination> destination = List.of(Sample.destination(0));

    @Param({"1", "100", "1000"})
    int subscribers;

    @Setup
    public void open(HubState hub) {
        hub.open(Collections.nCopies(subscribers, destination.get(0)));
    }

    @Benchmark
    public void oneDestination(HubState hub) {
        hub.append(destination);
    }

    @TearDown
    public void close(HubState hub) throws InterruptedException {
        hub.close();
    }
}
