package io.eventsgateway.log;

import io.eventsgateway.Destination;
import io.eventsgateway.EventId;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** How far each subject was served of each destination, on whichever replica. Any thread may call. */
public interface DeliveryProgress {

    /**
     * Saves how far a subject was served, for as long as positions are understood. It never goes back, and a position of another
     * life of the log is not saved.
     */
    CompletionStage<?> save(Destination destination, String subject, EventId position);

    /** How far a subject was served; null where nothing is known of it. */
    CompletionStage<@Nullable EventId> find(Destination destination, String subject);
}
