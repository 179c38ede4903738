package io.eventsgateway.hub;

import io.eventsgateway.Cursor;
import io.eventsgateway.Destination;
import io.eventsgateway.EventId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The readers of one stream, a destination each, and where they are, in the order of the destinations; of a destination that the client may not see,
 * where the client said it was. Owned by the stream's executor, but for what says otherwise.
 */
final class StreamReaders {

    private final List<Destination> destinations;
    private final @Nullable DestinationReader[] readers;
    private final List<DestinationReader> all;
    private final EventId[] withheld;

    /** Which one is the first to use room that is there again: another one each time. */
    private int first;

    StreamReaders(List<Destination> destinations) {
        this.destinations = destinations;
        this.readers = new DestinationReader[destinations.size()];
        this.all = new ArrayList<>(destinations.size());
        this.withheld = new EventId[destinations.size()];
        Arrays.fill(withheld, EventId.START);
    }

    void put(int place, DestinationReader reader) {
        readers[place] = reader;
        all.add(reader);
    }

    /** Those of the destinations that the client may see. Any thread may read it, once all were {@linkplain #put put}. */
    List<DestinationReader> all() {
        return all;
    }

    boolean areLocated() {
        return all.stream().allMatch(DestinationReader::isLocated);
    }

    boolean haveEnded() {
        return all.stream().allMatch(reader -> reader.state() == DestinationReader.State.ENDED);
    }

    /** Has each of them send what it can, as long as a condition holds. */
    void pumpWhile(BooleanSupplier condition) {
        int from = first++;
        for (int i = 0; i < all.size() && condition.getAsBoolean(); i++) {
            all.get(Math.floorMod(from + i, all.size())).pump();
        }
    }

    List<Standing> standings() {
        return all.stream().map(DestinationReader::standing).toList();
    }

    /** How many events they have not got that are there, as far as this replica knows. Any thread. */
    long behind() {
        long events = 0;
        for (DestinationReader reader : all) {
            events += Math.max(0, reader.standing().behind());
        }
        return events;
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
