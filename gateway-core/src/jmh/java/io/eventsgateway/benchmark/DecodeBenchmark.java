package io.eventsgateway.benchmark;

import io.eventsgateway.route.Command;
import io.eventsgateway.route.InboundRecord;
import io.eventsgateway.route.MalformedRecordException;
import io.eventsgateway.route.Organisations;
import io.eventsgateway.route.RecordDecoder;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A record becomes a command. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DecodeBenchmark {

    /** What a record's value is. */
    public enum Form {
        ENVELOPE,
        PLAIN
    }

    private final RecordDecoder decoder = new RecordDecoder(Organisations.REQUIRED, 1024 * 1024);

    @Param
    Form form;

    @Param({"300", "2048"})
    int size;

    private InboundRecord in;

    @Setup
    public void prepare() throws MalformedRecordException {
        in = form == Form.ENVELOPE ? Sample.envelope(size) : Sample.plain(size);
        int data = decoder.decode(in).event().data().size();
        if (in.value().length != size || (data == size) != (form == Form.PLAIN)) {
            throw new IllegalStateException("value of " + in.value().length + " bytes gave data of " + data);
        }
    }

    @Benchmark
    public Command decode() throws MalformedRecordException {
        return decoder.decode(in);
    }
}
