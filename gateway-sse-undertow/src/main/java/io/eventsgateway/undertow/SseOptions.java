package io.eventsgateway.undertow;

import io.eventsgateway.hub.Start;
import java.time.Duration;

/**
 * How streams behave; {@link SseSettings} says what each means.
 *
 * @param maxAge how old a stream may become; zero for any age
 * @param ratePerSubject requests a second; 0 for any number
 * @param ratePerAddress requests a second; 0 for any number
 * @param authCookie empty for none
 */
public record SseOptions(
        Start.From start,
        Duration heartbeat,
        Duration cleanupInterval,
        Duration cleanupMaxAge,
        int maxConnections,
        int maxStreamsPerSubject,
        int ratePerSubject,
        int ratePerAddress,
        SseSettings.Overload overload,
        String authCookie,
        boolean authQuery,
        Cors cors,
        Bounds bounds,
        Duration maxAge,
        boolean accessLog) {}
