package io.eventsgateway.undertow;

import io.eventsgateway.Payload;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.hub.CloseReason;
import io.eventsgateway.hub.Subscriber;
import io.eventsgateway.hub.Subscription;
import io.eventsgateway.sse.SseFrame;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.util.AttachmentKey;
import io.undertow.util.Methods;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.conduits.ConduitStreamSourceChannel;

/**
 * One client's event stream on its connection. What is delivered goes to the socket in as few writes as it takes; what the socket
 * does not take is kept, up to a bound and one event, until it does. All of it runs on the connection's I/O thread, except for the
 * methods that say otherwise.
 */
final class EventStream implements Subscriber {

    private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);

    /** Of the exchange of a stream that was begun. */
    static final AttachmentKey<Boolean> OPEN = AttachmentKey.create(Boolean.class);

    private static final int ROOM = 64 * 1024;
    private static final long MAX_BODY = 1024 * 1024;
    private static final int MAX_COPY = 16 * 1024;

    /** The JDK copies what is written to a buffer outside the heap as large as that, and keeps it for the thread. */
    private static final int MAX_WRITE = 256 * 1024;

    private static final Duration EXPIRY_NOTICE = Duration.ofSeconds(60);

    /** How long a client may leave the end of its stream unread. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(10);

    private final HttpServerExchange exchange;
    private final Identity identity;
    private final SseOptions options;
    private final Sweepers sweepers;
    private final Consumer<EventStream> whenGone;

    // owned by the I/O thread
    int place = -1;
    private @Nullable Subscription subscription;
    private final Deque<ByteBuffer> pending = new ArrayDeque<>();
    private int pendingBytes;
    private @Nullable StreamSinkChannel channel;
    private Runnable stopNoticing = () -> {};
    private @Nullable String position;
    private long acceptedAt = System.nanoTime();
    private long refusedAt;
    private boolean refused;
    private boolean told;
    private boolean full;
    private boolean ending;
    private boolean noticed;
    private boolean shut;
    private long comeBackMillis = 3000;
    private boolean gone;
    private long bodyBytes;

    EventStream(
            HttpServerExchange exchange,
            Identity identity,
            SseOptions options,
            Sweepers sweepers,
            Consumer<EventStream> whenGone) {
        this.exchange = exchange;
        this.identity = identity;
        this.options = options;
        this.sweepers = sweepers;
        this.whenGone = whenGone;
    }

    /** The hub's side of it, which has not called yet. */
    void begin(Subscription made) {
        subscription = made;
        if (gone) {
            made.close(CloseReason.GONE);
        }
    }

    /** Ends it after a delay, telling the client when to come back. Any thread. */
    void stop(long delayMillis, long retryMillis) {
        exchange.getIoThread().executeAfter(() -> stopNow(retryMillis), delayMillis, TimeUnit.MILLISECONDS);
    }

    private void stopNow(long retryMillis) {
        comeBackMillis = retryMillis;
        if (!ending && channel != null) {
            put(SseFrame.retry(retryMillis));
        }
        close(CloseReason.STOPPED);
    }

    @Override
    public void opened() {
        EventsHandler.putStreamHeaders(exchange);
        if (exchange.getRequestMethod().equals(Methods.HEAD)) {
            gone = true;
            release();
            exchange.endExchange();
            close(CloseReason.GONE);
            return;
        }
        exchange.putAttachment(OPEN, true);
        exchange.addExchangeCompleteListener((ended, next) -> {
            if (!ending) {
                close(CloseReason.GONE);
            }
            next.proceed();
        });
        if (exchange.isRequestComplete()) {
            noticeGoing();
        } else {
            discardBody(exchange.getRequestChannel());
        }
        StreamSinkChannel sink = exchange.getResponseChannel();
        sink.getWriteSetter().set(ready -> write());
        channel = sink;
        sweepers.add(exchange.getIoThread(), this);
        put(SseFrame.retry(comeBackMillis));
        put(SseFrame.comment("events follow"));
        write();
    }

    /** A body means nothing (RFC 9110, section 9.3.1); its end is not the client's going. */
    private void discardBody(StreamSourceChannel body) {
        exchange.setPersistent(false);
        ByteBuffer discarded = ByteBuffer.allocate(1024);
        body.getReadSetter().set(ready -> {
            try {
                for (int n = ready.read(discarded); n != 0; n = ready.read(discarded.clear())) {
                    bodyBytes += Math.max(0, n);
                    if (n < 0) {
                        ready.suspendReads();
                        noticeGoing();
                        return;
                    }
                    if (bodyBytes > MAX_BODY) {
                        leave();
                        return;
                    }
                }
            } catch (IOException broken) {
                leave();
            }
        });
        body.resumeReads();
    }

    /** A client that goes says so by closing; else only a write would tell, and an event would have gone nowhere. */
    private void noticeGoing() {
        if (!(exchange.getConnection() instanceof HttpServerConnection connection)) {
            return;
        }
        ConduitStreamSourceChannel source = connection.getChannel().getSourceChannel();
        source.setReadListener(ready -> {
            try {
                // a request behind this one would never be answered: the client is not one of ours
                if (source.read(ByteBuffer.allocate(1)) != 0) {
                    leave();
                }
            } catch (IOException broken) {
                leave();
            }
        });
        source.resumeReads();
        stopNoticing = () -> {
            source.suspendReads();
            source.setReadListener(null);
        };
    }

    /** Ends it because of a fault; its client comes back. */
    void fail(Throwable fault) {
        LOG.error("Stream failed, its client comes back", fault);
        leave();
    }

    private void leave() {
        abandon();
        close(CloseReason.GONE);
    }

    @Override
    public boolean deliver(ByteBuffer... frame) {
        if (gone) {
            return false;
        }
        for (ByteBuffer part : frame) {
            put(part);
        }
        position = null;
        told = true;
        if (pendingBytes >= ROOM) {
            write();
            full = pendingBytes > 0;
        }
        return !full;
    }

    @Override
    public void position(String lastEventId) {
        position = lastEventId;
        if (!told) {
            tellPosition();
        }
    }

    @Override
    public void flush() {
        write();
    }

    @Override
    public void closed(CloseReason reason) {
        ending = true;
        if (gone) {
            return;
        }
        if (channel == null) {
            release();
            if (reason == CloseReason.ENDED) {
                exchange.setStatusCode(204).endExchange();
            } else {
                // a 204 would keep it from coming back
                EventsHandler.comeBack(exchange, comeBackMillis);
            }
        } else if (reason == CloseReason.GONE || reason == CloseReason.STALLED) {
            abandon();
        } else {
            tellPosition();
            write();
        }
    }

    /** Once a second: is there something to say, or nothing more to expect? */
    void look(long now, boolean cleanup) {
        if (ending) {
            // nobody else supervises it any more
            if (refused && now - refusedAt > LAST_WORDS.toNanos()) {
                abandon();
            }
            return;
        }
        if (cleanup && refused && now - refusedAt > options.cleanupMaxAge().toNanos()) {
            close(CloseReason.STALLED);
            return;
        }
        Instant expiry = identity.expiresAt();
        if (expiry != null && tellOfExpiry(expiry)) {
            return;
        }
        if (pending.isEmpty() && now - acceptedAt >= options.heartbeat().toNanos()) {
            tellPosition();
            put(SseFrame.comment(""));
            write();
        }
    }

    private boolean tellOfExpiry(Instant expiry) {
        Instant now = Instant.now();
        if (!now.isBefore(expiry)) {
            put(SseFrame.of(null, "token-expired", Payload.of("{}".getBytes(StandardCharsets.UTF_8)))
                    .whole());
            write();
            close(CloseReason.EXPIRED);
            return true;
        }
        if (!noticed && !now.isBefore(expiry.minus(EXPIRY_NOTICE))) {
            noticed = true;
            byte[] data = ("{\"expiresAt\":\"" + expiry + "\"}").getBytes(StandardCharsets.UTF_8);
            put(SseFrame.of(null, "token-expiring", Payload.of(data)).whole());
            write();
        }
        return false;
    }

    private void tellPosition() {
        if (position != null) {
            put(SseFrame.position(position));
            position = null;
            told = true;
        }
    }

    private void put(ByteBuffer bytes) {
        pending.add(bytes);
        pendingBytes += bytes.remaining();
    }

    /** Writes what is pending as far as the socket takes it; goes on when it takes more. */
    private void write() {
        StreamSinkChannel sink = channel;
        if (sink == null || gone) {
            return;
        }
        try {
            while (pendingBytes > 0) {
                ByteBuffer next = gather();
                int written = sink.write(next);
                if (written > 0) {
                    pendingBytes -= written;
                    acceptedAt = System.nanoTime();
                    refused = false;
                }
                if (next.hasRemaining()) {
                    pending.addFirst(next);
                    if (written == 0) {
                        refuse();
                        sink.resumeWrites();
                        return;
                    }
                }
            }
            if (ending && !shut) {
                shut = true;
                // the connection's next request is Undertow's again
                stopNoticing.run();
                sink.shutdownWrites();
            }
            if (sink.flush()) {
                refused = false;
                sink.suspendWrites();
                drained();
            } else {
                refuse();
                sink.resumeWrites();
            }
        } catch (IOException broken) {
            leave();
        }
    }

    /** Since when the socket has not taken a byte, however often it is asked. */
    private void refuse() {
        if (!refused) {
            refused = true;
            refusedAt = System.nanoTime();
        }
    }

    private void drained() {
        if (ending) {
            gone = true;
            release();
            exchange.endExchange();
            if (!exchange.isRequestComplete()) {
                IoUtils.safeClose(exchange.getConnection());
            }
        } else if (full) {
            full = false;
            Subscription to = subscription;
            if (to != null) {
                to.resume();
            }
        }
    }

    /** The next bytes to write: one large part, or a piece of it, or many small ones copied together. */
    private ByteBuffer gather() {
        ByteBuffer first = pending.remove();
        if (first.remaining() > MAX_WRITE) {
            ByteBuffer piece = first.slice(first.position(), MAX_WRITE);
            pending.addFirst(first.position(first.position() + MAX_WRITE));
            return piece;
        }
        if (pending.isEmpty() || first.remaining() >= MAX_COPY) {
            return first;
        }
        ByteBuffer many = ByteBuffer.allocate(Math.min(pendingBytes, MAX_COPY));
        many.put(first);
        while (!pending.isEmpty() && pending.element().remaining() <= many.remaining()) {
            many.put(pending.remove());
        }
        return many.flip();
    }

    private void abandon() {
        if (!gone) {
            gone = true;
            pending.clear();
            pendingBytes = 0;
            release();
            IoUtils.safeClose(exchange.getConnection());
        }
    }

    private void release() {
        sweepers.remove(exchange.getIoThread(), this);
        whenGone.accept(this);
    }

    private void close(CloseReason reason) {
        Subscription to = subscription;
        if (to != null) {
            to.close(reason);
        }
    }
}
