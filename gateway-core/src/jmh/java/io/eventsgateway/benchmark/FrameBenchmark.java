package io.eventsgateway.benchmark;

import io.eventsgateway.Event;
import io.eventsgateway.EventId;
import io.eventsgateway.sse.SseFrame;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** An event is encoded for the wire, its id included. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FrameBenchmark {

    /** How the data is laid out. */
    public enum Data {
        ONE_LINE,
        LINES
    }

    private final EventId id = new EventId(3_735_928_559L, 1_763_000_000_000L, 4711);

    @Param
    Data data;

    @Param({"300", "2048"})
    int size;

    private Event event;

    @Setup
    public void prepare() {
        event = data == Data.LINES ? Sample.eventOfLines(size) : Sample.event(size);
        String text = new String(event.data().toByteArray(), StandardCharsets.UTF_8);
        if ((text.lines().count() > 1) != (data == Data.LINES)) {
            throw new IllegalStateException("data has " + text.lines().count() + " lines");
        }
    }

    @Benchmark
    public SseFrame encode() {
        return SseFrame.of(id.toString(), event.name(), event.data());
    }
}
