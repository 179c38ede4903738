package io.eventsgateway.hub;

import io.eventsgateway.Destination;
import io.eventsgateway.EventId;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.log.Gap;
import java.nio.ByteBuffer;
import java.time.Duration;
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
    private final StreamReaders readers;
    private final StreamOutput output;
    private final Deliveries deliveries;
    private final SubjectProgress progress;
    private final Consumer<StreamSubscription> whenClosed;

    // written by the executor
    private volatile State state = State.CREATED;

    // owned by the executor
    private @Nullable DestinationReader within;
    private long openedAt;

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
        this.readers = new StreamReaders(destinations);
        this.output = new StreamOutput(subscriber, readers);
        this.deliveries = new Deliveries(listener);
        boolean saves = start.from() == Start.From.PENDING && !identity.names().isEmpty();
        this.progress = new SubjectProgress(log, this, saves ? identity.subject() : null, readers.all());
        for (int i = 0; i < destinations.size(); i++) {
            LiveTail tail = tails.get(i);
            if (tail != null) {
                readers.put(i, new DestinationReader(tail, log, this, identity.names()));
            }
        }
    }

    SerialExecutor executor() {
        return executor;
    }

    StreamReaders readers() {
        return readers;
    }

    State state() {
        return state;
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
        executor.execute(() -> answer.complete(readers.standings()));
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
        readers.pumpWhile(() -> state == State.STREAMING);
    }

    /** Begins, once every tail was asked for its end. */
    void open() {
        if (state != State.CREATED) {
            return;
        }
        readers.open(executor, start.lastEventId());
        if (readers.haveEnded()) {
            finish(CloseReason.ENDED);
            return;
        }
        state = State.LOCATING;
        openedAt = System.nanoTime();
        deliveries.open();
        listener.opened();
        subscriber.opened();
        readers.all().forEach(reader -> reader.locate(start.from()));
        located();
    }

    @Override
    public void located() {
        if (state == State.LOCATING && readers.areLocated()) {
            state = State.STREAMING;
            output.moved();
            // all before the first event, whose position would hide them
            readers.all().forEach(DestinationReader::reportUnknown);
            pumpAll();
        }
    }

    @Override
    public boolean isOpenFor(DestinationReader reader) {
        return output.hasRoom() && state == State.STREAMING && (within == null || within == reader);
    }

    @Override
    public void send(DestinationReader reader, LiveEvent event) {
        deliveries.begin(reader, event.id(), event.trace());
        output.send(reader, event.frame());
        deliveries.sent(reader);
    }

    @Override
    public void begin(DestinationReader reader, EventId id, @Nullable DeliveryTrace trace) {
        within = reader;
        deliveries.begin(reader, id, trace);
    }

    @Override
    public void sendPart(DestinationReader reader, ByteBuffer... part) {
        output.sendPart(part);
    }

    @Override
    public void sendEnd(DestinationReader reader, ByteBuffer... rest) {
        within = null;
        output.sendEnd(reader, rest);
        deliveries.sent(reader);
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
        if (readers.haveEnded()) {
            finish(CloseReason.ENDED);
        }
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
        deliveries.settle();
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
        readers.all().forEach(DestinationReader::close);
        deliveries.close();
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
