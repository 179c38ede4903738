package io.eventsgateway.undertow;

import io.eventsgateway.Payload;
import io.eventsgateway.sse.SseFrame;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a stream's client is told between two events: its position, that its token ends, and now and then that the stream is there. Owned by the
 * connection's I/O thread.
 */
final class StreamNotices {

    private final TokenClock token;
    private final Duration heartbeat;

    /** A position that no event has told the client. */
    private @Nullable String position;

    /** Whether what the client knows, or the store knows of it, leads it back to where it is; else it is told its position at once. */
    private boolean positioned;

    StreamNotices(TokenClock token, Duration heartbeat, boolean positioned) {
        this.token = token;
        this.heartbeat = heartbeat;
        this.positioned = positioned;
    }

    /** An event told the client its position. */
    void eventSent() {
        position = null;
        positioned = true;
    }

    /** The position has moved without an event. */
    void moved(String lastEventId, SocketWriter to) {
        position = lastEventId;
        if (!positioned) {
            tellPosition(to);
        }
    }

    void tellPosition(SocketWriter to) {
        if (position != null) {
            to.put(SseFrame.position(position));
            eventSent();
        }
    }

    boolean isTokenOver() {
        return token.isOver(Instant.now());
    }

    /** Tells that the token is over, if it is and that was not told yet; whether it did. */
    boolean tellThatTokenIsOver(SocketWriter to) {
        boolean over = isTokenOver() && token.tick(Instant.now()) == TokenClock.State.EXPIRED;
        if (over) {
            put(to, "token-expired", "{}");
        }
        return over;
    }

    /** Tells what is due; whether the token is over, of which it tells once. */
    boolean tick(long now, SocketWriter to) {
        if (tellThatTokenIsOver(to)) {
            return true;
        }
        TokenClock.State next = token.tick(Instant.now());
        if (next == TokenClock.State.EXPIRING) {
            put(to, "token-expiring", "{\"expiresAt\":\"" + token.expiry() + "\"}");
        } else if (to.pendingBytes() == 0 && to.idleNanos(now) >= heartbeat.toNanos()) {
            tellPosition(to);
            to.put(SseFrame.comment(""));
            to.write();
        }
        return false;
    }

    private static void put(SocketWriter to, String name, String data) {
        Payload payload = Payload.of(data.getBytes(StandardCharsets.UTF_8));
        to.put(SseFrame.of(null, name, payload).whole());
        to.write();
    }
}
