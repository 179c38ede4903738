package io.eventsgateway.benchmark;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.auth.AccessPolicy;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.config.Environment;
import io.eventsgateway.hub.Hub;
import io.eventsgateway.hub.HubListener;
import io.eventsgateway.log.InMemoryEventLog;
import io.eventsgateway.undertow.EventsHandler;
import io.eventsgateway.undertow.SseServer;
import io.eventsgateway.undertow.SseSettings;
import io.undertow.Handlers;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
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

/** An event of one destination goes out on every connection, from the append until the clients have its bytes. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class WriteBenchmark {

    private final Destination destination = Sample.destination(0);
    private final Event event = Sample.event(300);
    private final StepClock clock = new StepClock();

    @Param({"1", "100"})
    int connections;

    private InMemoryEventLog log;
    private Hub hub;
    private SseServer server;
    private Readers readers;
    private long appended;

    @Setup
    public void connect() throws IOException {
        log = new InMemoryEventLog(Duration.ofSeconds(1), clock);
        hub = new Hub(log, HubListener.NONE);
        EventsHandler handler = new EventsHandler(
                hub,
                credentials -> CompletableFuture.completedStage(
                        new Identity("", Sample.ORGANISATION, Set.of(), Set.of(), null)),
                AccessPolicy.AUTHENTICATED,
                null,
                SseSettings.options(new Environment(
                        Map.of("EVENTS_SSE_MAXANONYMOUS", "100000", "EVENTS_SSE_MAXANONYMOUSPERADDRESS", "100000"))));
        server = new SseServer("127.0.0.1", 0, Handlers.path().addPrefixPath("/api/events", handler));
        server.start();
        handler.open();
        readers = new Readers(connections, server.port(), "/api/events/" + destination.path());
        // a client that has got it is subscribed
        write();
    }

    @Benchmark
    public void write() throws IOException {
        clock.step();
        log.append(List.of(), List.of(Sample.entry(destination, event, appended)));
        appended++;
        readers.await(appended);
    }

    /** Fails unless every client got every event. */
    @TearDown
    public void close() throws IOException {
        readers.check(appended);
        readers.close();
        hub.close();
        server.close();
        log.close();
    }
}
