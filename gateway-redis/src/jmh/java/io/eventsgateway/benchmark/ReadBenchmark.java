package io.eventsgateway.benchmark;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.EventId;
import io.eventsgateway.log.Page;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The last ten events of a destination are read, as by a client that comes back. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ReadBenchmark {

    private static final int PAGE = 10;
    private static final int MAX_BYTES = 64 * 1024;

    private final Event event = Sample.event(300);
    private final Destination destination = Sample.destination(0);

    @Param({"100", "10000"})
    int events;

    private LogOnRedis redis;
    private EventId position;
    private Page page;

    @Setup
    public void fill() {
        redis = new LogOnRedis();
        LogOnRedis.now(redis.append(LongStream.range(0, events)
                .mapToObj(offset -> Sample.entry(destination, event, offset))
                .toList()));
        Page all = LogOnRedis.now(redis.log().read(destination, null, events, Integer.MAX_VALUE));
        position = all.events().get(events - PAGE - 1).id();
    }

    @Benchmark
    public Page read() {
        page = LogOnRedis.now(redis.log().read(destination, position, PAGE, MAX_BYTES));
        return page;
    }

    /** Fails unless the page was whole. */
    @TearDown
    public void close() {
        if (page.events().size() != PAGE || page.end().sequence() != events) {
            throw new IllegalStateException(
                    "a page had " + page.events().size() + " events and ended at " + page.end());
        }
        redis.close();
    }
}
