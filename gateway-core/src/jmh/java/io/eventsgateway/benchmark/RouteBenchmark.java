package io.eventsgateway.benchmark;

import io.eventsgateway.Destination;
import io.eventsgateway.route.Command;
import io.eventsgateway.route.MalformedRecordException;
import io.eventsgateway.route.Organisations;
import io.eventsgateway.route.RecordDecoder;
import io.eventsgateway.route.Router;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A command finds its destinations. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RouteBenchmark {

    private Command command;

    @Setup
    public void prepare() throws MalformedRecordException {
        command = new RecordDecoder(Organisations.REQUIRED, 1024 * 1024).decode(Sample.envelope(300));
    }

    @Benchmark
    public Set<Destination> route() throws MalformedRecordException {
        return Router.STANDARD.route(command);
    }
}
