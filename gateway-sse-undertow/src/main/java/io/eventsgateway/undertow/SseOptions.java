package io.eventsgateway.undertow;

import io.eventsgateway.hub.Start;
import java.time.Duration;

/**
 * How streams behave; {@link SseSettings} tells what each means.
 *
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
        Bounds bounds) {

    /** The same with the default bounds. */
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
                Bounds.DEFAULT);
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
                other);
    }
}
