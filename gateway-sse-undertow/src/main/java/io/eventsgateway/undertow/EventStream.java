package io.eventsgateway.undertow;

import io.eventsgateway.Destination;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.hub.CloseReason;
import io.eventsgateway.hub.Standing;
import io.eventsgateway.hub.Start;
import io.eventsgateway.hub.Subscriber;
import io.eventsgateway.hub.Subscription;
import io.eventsgateway.log.Gap;
import io.eventsgateway.sse.SseFrame;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * One client's event stream on its connection. It takes events up to a bound and one more, and lets the hub wait while the socket takes
 * nothing. All of it runs on the connection's I/O thread, except for the methods that say otherwise.
 *
 * <table>
 * <caption>States, and what they do on each event</caption>
 * <tr><th>state<th>opened<th>event<th>part of one<th>socket drained<th>end is taken<th>closed<th>client left<th>stop<th>tick
 * <tr><td>WAITING<td>OPEN; GONE for HEAD<td>–<td>–<td>–<td>–<td>GONE, with 204 or a time to come back<td>–<td>close<td>–
 * <tr><td>OPEN<td>–<td>write<td>write; WITHIN<td>resume<td>–<td>ENDING; GONE where the client is not to see the end<td>GONE,
 *     close<td>close<td>heartbeat, token; close if it takes nothing, or is too old
 * <tr><td>WITHIN<td>–<td>write; OPEN; close if the token is over, or it is too old<td>write<td>resume<td>–<td>ENDING; GONE where the client is not
 *     to see the end<td>GONE, close<td>close<td>close if it takes nothing, after 10 s where the token is over
 * <tr><td>ENDING<td>–<td>refuse<td>refuse<td>–<td>GONE, and the exchange ends<td>–<td>GONE, close<td>close<td>GONE if it takes nothing for 10 s
 * <tr><td>GONE<td>–<td>refuse<td>refuse<td>–<td>–<td>–<td>close<td>close<td>–
 * </table>
 */
final class EventStream implements Subscriber, SocketWriter.Owner {

    private static final int ROOM = 64 * 1024;

    /** How long a client may leave the end of its stream, or of its last event, unread. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(10);

    private static final long COME_BACK_MILLIS = 3000;

    private static final long SOON_FROM_MILLIS = 500;

    private static final long SOON_TO_MILLIS = 2000;

    private final StreamExchange exchange;
    private final StreamWitness witness;
    private final StreamNotices notices;
    private final StallLimit stalls;
    private final AgeLimit age;

    // owned by the ticker
    int place = -1;

    private State state = State.WAITING;
    private @Nullable Subscription subscription;
    private @Nullable SocketWriter writer;

    /** Whether the hub waits for room. */
    private boolean full;

    private long comeBackMillis = COME_BACK_MILLIS;

    /** See the table above. */
    enum State {
        /** Its destinations' ends are not known. */
        WAITING,
        /** It sends, and stands between two events. */
        OPEN,
        /** It sends, and stands within an event: nothing but the rest of it may follow. */
        WITHIN,
        /** Its end was written, and not all of it was taken. */
        ENDING,
        /** It is over. */
        GONE
    }

    EventStream(
            StreamExchange exchange,
            Identity identity,
            Start start,
            SseOptions options,
            AgeLimit age,
            StreamWitness witness) {
        this.exchange = exchange;
        this.witness = witness;
        this.stalls = new StallLimit(options.cleanupMaxAge(), exchange.isMultiplexed());
        this.age = age;
        boolean positioned = start.from() != Start.From.LATEST || start.lastEventId() != null;
        this.notices = new StreamNotices(new TokenClock(identity.expiresAt()), options.heartbeat(), positioned);
    }

    State state() {
        return state;
    }

    /** The hub's side of it. */
    void begin(Subscription made) {
        subscription = made;
        if (state == State.GONE) {
            made.close(CloseReason.GONE);
        }
    }

    /** The other end of its connection. Any thread. */
    SocketAddress peer() {
        return exchange.peer();
    }

    /** Ends it after a delay, telling the client when to come back. Any thread. */
    void stop(long delayMillis, long retryMillis) {
        exchange.after(delayMillis, () -> closeFor(CloseReason.STOPPED, retryMillis));
    }

    /** Ends it for a client that is to come back, perhaps to another replica. */
    private void closeFor(CloseReason reason, long retryMillis) {
        comeBackMillis = retryMillis;
        exchange.endConnection();
        close(reason);
    }

    private void closeForAge() {
        closeFor(CloseReason.AGE, soonMillis());
    }

    /** When a client comes back that finds another replica at once; spread, so that not all come together. */
    static long soonMillis() {
        return ThreadLocalRandom.current().nextLong(SOON_FROM_MILLIS, SOON_TO_MILLIS);
    }

    /** How it is doing. Any thread; completes on its I/O thread, or never where that does not run any more. */
    CompletableFuture<StreamDetails> look(OpenStream own) {
        CompletableFuture<StreamDetails> answer = new CompletableFuture<>();
        exchange.after(0, () -> {
            Subscription begun = subscription;
            CompletableFuture<List<Standing>> standings =
                    begun == null ? CompletableFuture.completedFuture(List.of()) : begun.standings();
            standings.thenAccept(all -> answer.complete(details(own, all)));
        });
        return answer;
    }

    private StreamDetails details(OpenStream own, List<Standing> standings) {
        SocketWriter to = writer;
        return to == null
                ? new StreamDetails(own, standings, 0, Duration.ZERO)
                : new StreamDetails(
                        own, standings, to.writtenBytes(), Duration.ofNanos(to.blockedNanos(System.nanoTime())));
    }

    private boolean sends() {
        return state == State.OPEN || state == State.WITHIN;
    }

    @Override
    public void opened() {
        witness.opened();
        if (exchange.isHead()) {
            leaveAfter(exchange::endHead);
            close(CloseReason.GONE);
            return;
        }
        state = State.OPEN;
        SocketWriter to = new SocketWriter(exchange.begin(this, this::leave, this::over), this);
        writer = to;
        to.put(SseFrame.retry(comeBackMillis));
        to.put(SseFrame.comment("events follow"));
        to.write();
        if (to.state() == SocketWriter.State.FLOWING) {
            exchange.headersSent();
        }
    }

    private void over() {
        if (sends()) {
            close(CloseReason.GONE);
        }
    }

    /** Ends it because of a fault; its client comes back. */
    void fail() {
        witness.ends(CloseReason.FAILED);
        abandon();
        close(CloseReason.FAILED);
    }

    private void leave() {
        abandon();
        close(CloseReason.GONE);
    }

    @Override
    public boolean deliver(ByteBuffer... frame) {
        boolean large = state == State.WITHIN;
        notices.eventSent();
        witness.delivered(frame);
        boolean room = take(State.OPEN, frame);
        SocketWriter to = writer;
        if (large && to != null && sends()) {
            // what is due and had to wait for the event's end
            if (notices.tellThatTokenIsOver(to)) {
                close(CloseReason.EXPIRED);
                return false;
            }
            if (age.isOver(System.nanoTime())) {
                closeForAge();
                return false;
            }
        }
        return room;
    }

    @Override
    public boolean deliverPart(ByteBuffer... part) {
        return take(State.WITHIN, part);
    }

    private boolean take(State next, ByteBuffer... bytes) {
        SocketWriter to = writer;
        if (to == null || !sends()) {
            return false;
        }
        state = next;
        for (ByteBuffer part : bytes) {
            to.put(part);
        }
        if (to.pendingBytes() >= ROOM) {
            to.write();
            full = to.pendingBytes() > 0;
        }
        return !full;
    }

    @Override
    public void position(String lastEventId) {
        SocketWriter to = writer;
        if (to != null) {
            notices.moved(lastEventId, to);
        }
    }

    @Override
    public void reset(Destination destination, Gap gap) {
        witness.reset(destination, gap);
    }

    @Override
    public void flush() {
        SocketWriter to = writer;
        if (to != null) {
            to.write();
        }
        witness.flushed(subscription);
    }

    @Override
    public void closed(CloseReason reason) {
        witness.ends(reason);
        switch (state) {
            case WAITING ->
                leaveAfter(() -> {
                    if (reason == CloseReason.ENDED) {
                        exchange.endEmpty();
                    } else {
                        // a 204 would keep it from coming back
                        exchange.comeBack(comeBackMillis, "The stream ended before it began: " + reason.label() + ".");
                    }
                });
            case OPEN, WITHIN -> {
                switch (reason) {
                    case GONE, STALLED, FAILED -> abandon();
                    case ENDED, EXPIRED, AGE, STOPPED -> end(reason);
                }
            }
            case ENDING, GONE -> {}
        }
    }

    private void end(CloseReason reason) {
        SocketWriter to = writer;
        if (to != null) {
            if (state == State.OPEN) {
                notices.tellPosition(to);
            } else {
                // ends the line that was begun; without a blank one the client drops the event
                to.put(ByteBuffer.wrap(new byte[] {'\n'}));
            }
            if (reason == CloseReason.STOPPED || reason == CloseReason.AGE) {
                to.put(SseFrame.retry(comeBackMillis));
            }
            state = State.ENDING;
            exchange.stopWatching();
            to.end();
        }
    }

    /**
     * Once a second.
     *
     * @param now by {@link System#nanoTime}
     * @param cleanup whether those are to be closed that take nothing
     */
    void tick(long now, boolean cleanup) {
        SocketWriter to = writer;
        if (to != null && sends()) {
            supervise(to, now, cleanup);
        } else if (to != null && state == State.ENDING && to.blockedNanos(now) > LAST_WORDS.toNanos()) {
            abandon();
        }
    }

    private void supervise(SocketWriter to, long now, boolean cleanup) {
        long blocked = to.blockedNanos(now);
        if (cleanup && blocked > 0 && stalls.isStalled(blocked, to.largestBurstBytes())) {
            close(CloseReason.STALLED);
        } else if (state == State.WITHIN ? isOverdue(blocked) : notices.tick(now, to)) {
            close(CloseReason.EXPIRED);
        } else if (state == State.OPEN && age.isOver(now)) {
            closeForAge();
        }
    }

    /** A token that ends within an event lets that be sent to its end, to a client that takes it. */
    private boolean isOverdue(long blocked) {
        return blocked > LAST_WORDS.toNanos() && notices.isTokenOver();
    }

    @Override
    public void wrote(int bytes) {
        exchange.wrote(bytes);
    }

    @Override
    public void drained() {
        Subscription to = subscription;
        if (full && to != null) {
            full = false;
            to.resume();
        }
    }

    @Override
    public void ended() {
        leaveAfter(exchange::end);
    }

    @Override
    public void broken() {
        leave();
    }

    private void abandon() {
        leaveAfter(exchange::abort);
    }

    /** Takes it out of all lists, and then ends the exchange in the way that is given. */
    private void leaveAfter(Runnable way) {
        if (state == State.GONE) {
            return;
        }
        state = State.GONE;
        SocketWriter to = writer;
        if (to != null) {
            to.close();
        }
        exchange.stopTicks(this);
        witness.gone(this, to == null ? 0 : to.writtenBytes());
        way.run();
    }

    private void close(CloseReason reason) {
        Subscription to = subscription;
        if (to != null) {
            to.close(reason);
        }
    }
}
