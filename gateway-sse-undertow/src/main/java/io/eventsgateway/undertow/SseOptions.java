package io.eventsgateway.undertow;

import io.eventsgateway.hub.Start;
import java.time.Duration;

/**
 * How streams behave; {@link SseSettings} tells what each means.
 *
 * @param authCookie empty for none
 */
public record SseOptions(
        Start.From start,
        Duration heartbeat,
        Duration cleanupInterval,
        Duration cleanupMaxAge,
        int maxConnections,
        SseSettings.Overload overload,
        String authCookie,
        boolean authQuery,
        Cors cors) {}
