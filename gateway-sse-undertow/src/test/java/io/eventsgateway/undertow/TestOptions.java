package io.eventsgateway.undertow;

import io.eventsgateway.hub.Start;
import java.time.Duration;
import java.util.function.Consumer;

/** How streams of a test behave: as here, but for what the test says. */
final class TestOptions {

    Start.From start = Start.From.PENDING;
    Duration heartbeat = Duration.ofSeconds(1);
    Duration cleanupInterval = Duration.ofSeconds(1);
    Duration cleanupMaxAge = Duration.ofMinutes(1);
    int maxStreamsPerSubject = 5;
    int ratePerSubject;
    int ratePerAddress;
    SseSettings.Overload overload = SseSettings.Overload.RETRY;
    String authCookie = "";
    boolean authQuery;
    Cors cors = Cors.NONE;
    Bounds bounds = Bounds.DEFAULT;
    Duration maxAge = Duration.ZERO;
    boolean accessLog;

    private TestOptions() {}

    static SseOptions of(Consumer<TestOptions> differences) {
        TestOptions options = new TestOptions();
        differences.accept(options);
        return options.make();
    }

    private SseOptions make() {
        return new SseOptions(
                start,
                heartbeat,
                cleanupInterval,
                cleanupMaxAge,
                1000,
                maxStreamsPerSubject,
                ratePerSubject,
                ratePerAddress,
                overload,
                authCookie,
                authQuery,
                cors,
                bounds,
                maxAge,
                accessLog);
    }
}
