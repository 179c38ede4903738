package io.eventsgateway.undertow;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How long a stream's token is valid. Used by one thread.
 *
 * <table>
 * <caption>States, and what they do on each event</caption>
 * <tr><th>state<th>more than 60 s are left<th>60 s or less are left<th>none are left
 * <tr><td>VALID<td>–<td>EXPIRING, say so<td>EXPIRED, say so
 * <tr><td>EXPIRING<td>–<td>–<td>EXPIRED, say so
 * <tr><td>EXPIRED<td>–<td>–<td>–
 * </table>
 */
final class TokenClock {

    private static final Duration NOTICE = Duration.ofSeconds(60);

    private final @Nullable Instant expiry;
    private State state = State.VALID;

    enum State {
        VALID,
        EXPIRING,
        EXPIRED
    }

    /** A clock that ends at an instant; null for never. */
    TokenClock(@Nullable Instant expiry) {
        this.expiry = expiry;
    }

    State state() {
        return state;
    }

    @Nullable
    Instant expiry() {
        return expiry;
    }

    /** Whether a time is at the end or behind it. */
    boolean isOver(Instant now) {
        return expiry != null && !now.isBefore(expiry);
    }

    /** Moves on to a time, and returns the state if it has changed by that; else null. */
    @Nullable
    State tick(Instant now) {
        State before = state;
        if (expiry == null || before == State.EXPIRED) {
            return null;
        }
        if (isOver(now)) {
            state = State.EXPIRED;
        } else if (!now.isBefore(expiry.minus(NOTICE))) {
            state = State.EXPIRING;
        }
        return state == before ? null : state;
    }
}
