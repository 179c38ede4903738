package io.eventsgateway.hub;

import io.eventsgateway.Cursor;
import io.eventsgateway.Destination;
import io.eventsgateway.EventId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a stream is in each of its destinations, in their order: where the reader is, or, of one that the client may not see, where
 * the client said it was. Owned by the stream's executor.
 */
final class StreamPositions {

    private final List<Destination> destinations;
    private final @Nullable DestinationReader[] readers;
    private final EventId[] withheld;

    StreamPositions(List<Destination> destinations) {
        this.destinations = destinations;
        this.readers = new DestinationReader[destinations.size()];
        this.withheld = new EventId[destinations.size()];
        Arrays.fill(withheld, EventId.START);
    }

    void put(int place, DestinationReader reader) {
        readers[place] = reader;
    }

    boolean isSingle() {
        return readers.length == 1;
    }

    /** Opens the readers where a client's {@code Last-Event-ID} says; null where it has none. */
    void open(SerialExecutor executor, @Nullable String lastEventId) {
        List<EventId> resumed = lastEventId == null ? null : Cursor.read(destinations, lastEventId);
        boolean unknown = lastEventId != null && resumed == null;
        for (int i = 0; i < readers.length; i++) {
            DestinationReader reader = readers[i];
            EventId position = resumed == null ? null : resumed.get(i);
            if (reader != null) {
                reader.open(executor, position, unknown);
            } else if (position != null) {
                withheld[i] = position;
            }
        }
    }

    /** What the client has to send to go on from here. */
    String cursor() {
        List<EventId> positions = new ArrayList<>(readers.length);
        for (int i = 0; i < readers.length; i++) {
            DestinationReader reader = readers[i];
            positions.add(reader == null ? withheld[i] : reader.position());
        }
        return Cursor.write(destinations, positions);
    }
}
