package io.eventsgateway.undertow;

import io.eventsgateway.Destination;
import java.time.Instant;
import java.util.Set;

/**
 * Somebody who is connected to this replica, for those who operate it.
 *
 * @param number its own, of this process; later streams have higher ones
 * @param organisation of its token
 * @param subject the subject of its token
 * @param destinations what it sees
 * @param since when it was let in
 * @param address where its client is
 */
public record OpenStream(
        long number,
        String organisation,
        String subject,
        Set<Destination> destinations,
        Instant since,
        AddressKind address) {

    /** Copies the destinations. */
    public OpenStream {
        destinations = Set.copyOf(destinations);
    }
}
