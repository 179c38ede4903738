package io.eventsgateway.hub;

import io.eventsgateway.Destination;
import io.eventsgateway.EventId;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How far a stream's subject was served: saved now and then while the stream moves, and at its end. Owned by the stream's executor.
 *
 * <p>{@code SAVED} –{@link #moved}→ {@code DUE} –some seconds, or {@link #save}→ {@code SAVED}.
 */
final class SubjectProgress {

    private final RetryingReader log;
    private final RetryingReader.Asker stream;
    private final @Nullable String subject;
    private final List<DestinationReader> readers;
    private State state = State.SAVED;

    private enum State {
        SAVED,
        DUE
    }

    /**
     * Progress of a stream.
     *
     * @param subject null where nothing is saved of it
     * @param readers its readers
     */
    SubjectProgress(
            RetryingReader log,
            RetryingReader.Asker stream,
            @Nullable String subject,
            List<DestinationReader> readers) {
        this.log = log;
        this.stream = stream;
        this.subject = subject;
        this.readers = readers;
    }

    /** Asks how far the subject was served; false where nothing is saved, and the taker is not called. */
    boolean ask(Destination destination, Consumer<@Nullable EventId> taker) {
        if (subject == null) {
            return false;
        }
        log.progress(stream, destination, subject, taker);
        return true;
    }

    /** The stream has sent something. */
    void moved() {
        if (state == State.SAVED && subject != null) {
            state = State.DUE;
            log.whenToSave(stream, () -> stream.execute(this::save));
        }
    }

    void save() {
        state = State.SAVED;
        if (subject == null) {
            return;
        }
        for (DestinationReader reader : readers) {
            EventId position = reader.unsaved();
            if (position != null) {
                log.save(reader.destination(), subject, position);
            }
        }
    }
}
