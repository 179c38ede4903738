package io.eventsgateway.undertow;

import io.eventsgateway.hub.Start;
import java.time.Duration;

/**
 * How streams behave; {@link SseSettings} tells what each means.
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
        boolean accessLog) {

    /** The same with the default bounds, and streams of any age. */
    public SseOptions(
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
            Cors cors) {
        this(
                start,
                heartbeat,
                cleanupInterval,
                cleanupMaxAge,
                maxConnections,
                maxStreamsPerSubject,
                ratePerSubject,
                ratePerAddress,
                overload,
                authCookie,
                authQuery,
                cors,
                Bounds.DEFAULT,
                Duration.ZERO,
                false);
    }

    /** The same with other bounds. */
    public SseOptions withBounds(Bounds other) {
        return new SseOptions(
                start,
                heartbeat,
                cleanupInterval,
                cleanupMaxAge,
                maxConnections,
                maxStreamsPerSubject,
                ratePerSubject,
                ratePerAddress,
                overload,
                authCookie,
                authQuery,
                cors,
                other,
                maxAge,
                accessLog);
    }

    /** The same with another age that streams may have. */
    SseOptions withMaxAge(Duration other) {
        return new SseOptions(
                start,
                heartbeat,
                cleanupInterval,
                cleanupMaxAge,
                maxConnections,
                maxStreamsPerSubject,
                ratePerSubject,
                ratePerAddress,
                overload,
                authCookie,
                authQuery,
                cors,
                bounds,
                other,
                accessLog);
    }

    /** The same with lines of access, or without. */
    SseOptions withAccessLog(boolean other) {
        return new SseOptions(
                start,
                heartbeat,
                cleanupInterval,
                cleanupMaxAge,
                maxConnections,
                maxStreamsPerSubject,
                ratePerSubject,
                ratePerAddress,
                overload,
                authCookie,
                authQuery,
                cors,
                bounds,
                maxAge,
                other);
    }
}
