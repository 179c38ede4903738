package io.eventsgateway.benchmark;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.hub.Hub;
import io.eventsgateway.hub.HubListener;
import io.eventsgateway.log.Entry;
import io.eventsgateway.log.InMemoryEventLog;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A hub over a log in memory with its audience; used by one thread. */
@State(Scope.Benchmark)
public class HubState {

    /** Where the subscribers run. */
    public enum On {
        /** On the appending thread. */
        CALLER,
        /** On an event loop's thread. */
        LOOP
    }

    @Param
    On on;

    private final Event event = Sample.event(300);
    private final StepClock clock = new StepClock();
    private InMemoryEventLog log;
    private ExecutorService loop;
    private Hub hub;
    private Audience audience;
    private long appended;

    void open(List<Destination> destinations) {
        log = new InMemoryEventLog(Duration.ofMillis(1000), clock);
        loop = Executors.newSingleThreadExecutor();
        hub = new Hub(log, HubListener.NONE);
        audience = new Audience(hub, destinations, on == On.LOOP ? loop : Runnable::run);
    }

    /** Appends an event to each of the destinations; returns when every subscriber got its own. */
    void append(List<Destination> destinations) {
        clock.step();
        List<Entry> batch = destinations.stream()
                .map(destination -> Sample.entry(destination, event, appended))
                .toList();
        log.append(List.of(), batch);
        appended++;
        audience.await(appended);
    }

    /** Fails unless every subscriber got every event. */
    void close() throws InterruptedException {
        loop.shutdown();
        if (!loop.awaitTermination(10, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the subscribers' thread does not end");
        }
        log.close();
        audience.check(appended);
    }
}
