package io.eventsgateway.hub;

import io.eventsgateway.Destination;
import io.eventsgateway.EventId;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.log.Gap;
import io.eventsgateway.sse.SseFrame;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One stream: its life, its cursor over its destinations, its room, and its subject's progress. Each destination is read by a
 * {@link DestinationReader}; of one that the client may not see only the place in the cursor is kept. All but the methods of {@link
 * Subscription} and {@link RetryingReader.Asker} run on the stream's executor.
 *
 * <table>
 * <caption>States, and what they do on each event</caption>
 * <tr><th>state<th>tails know their ends<th>all are located<th>room is there again<th>all have ended<th>close<th>fault
 * <tr><td>CREATED<td>LOCATING; or CLOSED, never opened, where all have ended<td>–<td>–<td>–<td>CLOSED<td>CLOSED
 * <tr><td>LOCATING<td>–<td>STREAMING, with its position<td>remember<td>–<td>CLOSED<td>CLOSED
 * <tr><td>STREAMING<td>–<td>–<td>pump all<td>CLOSED, progress saved<td>CLOSED, progress saved<td>CLOSED
 * <tr><td>CLOSED<td>–<td>–<td>–<td>–<td>–<td>–
 * </table>
 */
final class StreamSubscription implements Subscription, Outlet {

    private final HubListener listener;
    private final SerialExecutor executor;
    private final Subscriber subscriber;
    private final Start start;
    private final StreamPositions positions;
    private final StreamOutput output;
    private final SubjectProgress progress;
    private final Consumer<StreamSubscription> whenClosed;
    private final List<DestinationReader> readers;

    // written by the executor
    private volatile State state = State.CREATED;

    // owned by the executor
    private @Nullable DestinationReader within;
    private long openedAt;

    /** Events that were appended earlier are history to this stream. */
    private long openedMillis = Long.MAX_VALUE;

    /** When the first event was appended that was sent since the last {@link #settle}, of those that are no history; 0 for none. */
    private long firstSentMillis;

    /** The delivery that has begun of a traced event, until all of that was sent. */
    private @Nullable DeliverySpan begun;

    /** The deliveries of traced events that were sent since the last {@link #settle}. */
    private List<DeliverySpan> sentSpans = List.of();

    /** Which reader is the first to use room that is there again: another one each time. */
    private int first;

    /** See the table above. */
    enum State {
        /** Its tails have not said where they end. */
        CREATED,
        /** It is open, and not all readers know where to begin. */
        LOCATING,
        /** It sends. */
        STREAMING,
        /** It is over. */
        CLOSED
    }

    /**
     * A subscription that {@link #open} begins.
     *
     * @param tails by destination its tail; null where the client may not see it
     */
    StreamSubscription(
            RetryingReader log,
            HubListener listener,
            SerialExecutor executor,
            Subscriber subscriber,
            Identity identity,
            Start start,
            List<Destination> destinations,
            List<@Nullable LiveTail> tails,
            Consumer<StreamSubscription> whenClosed) {
        this.listener = listener;
        this.executor = executor;
        this.subscriber = subscriber;
        this.start = start;
        this.whenClosed = whenClosed;
        this.readers = new ArrayList<>(destinations.size());
        this.positions = new StreamPositions(destinations);
        this.output = new StreamOutput(subscriber, positions);
        boolean saves = start.from() == Start.From.PENDING && !identity.names().isEmpty();
        this.progress = new SubjectProgress(log, this, saves ? identity.subject() : null, readers);
        for (int i = 0; i < destinations.size(); i++) {
            LiveTail tail = tails.get(i);
            if (tail != null) {
                DestinationReader reader = new DestinationReader(tail, log, this, identity.names());
                positions.put(i, reader);
                readers.add(reader);
            }
        }
    }

    SerialExecutor executor() {
        return executor;
    }

    List<DestinationReader> readers() {
        return readers;
    }

    State state() {
        return state;
    }

    /** How many events it has not got that are there, as far as this replica knows. Any thread. */
    long behind() {
        long events = 0;
        for (DestinationReader reader : readers) {
            events += reader.behind();
        }
        return events;
    }

    @Override
    public void resume() {
        execute(() -> {
            output.roomIsBack();
            pumpAll();
        });
    }

    @Override
    public CompletableFuture<List<Standing>> standings() {
        CompletableFuture<List<Standing>> answer = new CompletableFuture<>();
        executor.execute(() -> answer.complete(
                readers.stream().map(DestinationReader::standing).toList()));
        return answer;
    }

    @Override
    public void close(CloseReason reason) {
        execute(() -> finish(reason));
    }

    @Override
    public boolean waits() {
        return state != State.CLOSED;
    }

    @Override
    public void execute(Runnable step) {
        executor.execute(() -> run(step));
    }

    /** Runs a step, whose fault ends this stream and nothing else: its client comes back with the position that it has. */
    private void run(Runnable step) {
        try {
            step.run();
            settle();
        } catch (RuntimeException | Error fault) {
            fail(fault);
        }
    }

    @Override
    public void pump(DestinationReader reader) {
        try {
            if (state == State.LOCATING) {
                reader.locate(start.from());
            } else if (state == State.STREAMING) {
                reader.pump();
            }
            settle();
        } catch (RuntimeException | Error fault) {
            fail(fault);
        }
    }

    private void pumpAll() {
        int from = first++;
        for (int i = 0; i < readers.size() && state == State.STREAMING; i++) {
            readers.get(Math.floorMod(from + i, readers.size())).pump();
        }
    }

    /** Begins, once every tail was asked for its end. */
    void open() {
        if (state != State.CREATED) {
            return;
        }
        positions.open(executor, start.lastEventId());
        if (haveAllEnded()) {
            finish(CloseReason.ENDED);
            return;
        }
        state = State.LOCATING;
        openedAt = System.nanoTime();
        openedMillis = System.currentTimeMillis();
        listener.opened();
        subscriber.opened();
        readers.forEach(reader -> reader.locate(start.from()));
        located();
    }

    @Override
    public void located() {
        if (state == State.LOCATING && readers.stream().allMatch(DestinationReader::isLocated)) {
            state = State.STREAMING;
            output.moved();
            // all before the first event, whose position would hide them
            readers.forEach(DestinationReader::reportUnknown);
            pumpAll();
        }
    }

    @Override
    public boolean isOpenFor(DestinationReader reader) {
        return output.hasRoom() && state == State.STREAMING && (within == null || within == reader);
    }

    @Override
    public void begins(DestinationReader reader, EventId id, DeliveryTrace trace) {
        begun = trace.begin(listener, reader.destination(), id);
    }

    @Override
    public void send(DestinationReader reader, SseFrame frame) {
        output.send(reader, frame);
        sent(reader);
    }

    private void sent(DestinationReader reader) {
        long millis = reader.position().millis();
        if (firstSentMillis == 0 && millis >= openedMillis) {
            firstSentMillis = millis;
        }
        if (begun != null) {
            if (sentSpans.isEmpty()) {
                sentSpans = new ArrayList<>();
            }
            sentSpans.add(begun);
            begun = null;
        }
    }

    @Override
    public void sendPart(DestinationReader reader, ByteBuffer... part) {
        within = reader;
        output.sendPart(part);
    }

    @Override
    public void sendEnd(DestinationReader reader, ByteBuffer... rest) {
        within = null;
        output.sendEnd(reader, rest);
        sent(reader);
        pumpAll();
    }

    @Override
    public void moved() {
        output.moved();
    }

    @Override
    public void reset(DestinationReader reader, Gap gap) {
        listener.reset(gap);
        subscriber.reset(reader.destination(), gap);
        output.reset(reader, gap);
    }

    @Override
    public void ended() {
        if (haveAllEnded()) {
            finish(CloseReason.ENDED);
        }
    }

    private boolean haveAllEnded() {
        return readers.stream().allMatch(reader -> reader.state() == DestinationReader.State.ENDED);
    }

    @Override
    public void broken() {
        finish(CloseReason.GONE);
    }

    @Override
    public boolean askProgress(Destination destination, Consumer<@Nullable EventId> taker) {
        return progress.ask(destination, taker);
    }

    /** Lets out what was sent. */
    private void settle() {
        if (state == State.CREATED || state == State.CLOSED) {
            return;
        }
        int sent = output.flush(state == State.STREAMING && within == null);
        if (sent > 0) {
            listener.delivered(sent);
            progress.moved();
        }
        if (firstSentMillis > 0) {
            listener.delayed(Math.max(0, System.currentTimeMillis() - firstSentMillis));
            firstSentMillis = 0;
        }
        endSpans(true);
    }

    private void endSpans(boolean written) {
        if (!sentSpans.isEmpty()) {
            sentSpans.forEach(span -> span.end(written));
            sentSpans = List.of();
        }
    }

    private void finish(CloseReason reason) {
        if (state == State.STREAMING || state == State.LOCATING) {
            settle();
            progress.save();
        }
        leave(reason);
    }

    private void fail(Throwable fault) {
        listener.failed(fault);
        leave(CloseReason.FAILED);
    }

    private void leave(CloseReason reason) {
        State before = state;
        if (before == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        readers.forEach(DestinationReader::close);
        endSpans(false);
        if (begun != null) {
            begun.end(false);
            begun = null;
        }
        if (before != State.CREATED) {
            listener.closed(reason, Duration.ofNanos(System.nanoTime() - openedAt));
        }
        try {
            subscriber.closed(reason);
        } catch (RuntimeException | Error fault) {
            listener.failed(fault);
        }
        whenClosed.accept(this);
    }
}
