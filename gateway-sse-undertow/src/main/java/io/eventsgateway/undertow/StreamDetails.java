package io.eventsgateway.undertow;

import io.eventsgateway.hub.Standing;
import java.time.Duration;
import java.util.List;

/**
 * How an open stream is doing, for those who operate the gateway.
 *
 * @param standings where it is in each of its destinations; none before it has begun
 * @param bytesWritten how many bytes its socket has taken
 * @param blocked for how long its socket has taken nothing of what is to be written; zero when it has
 */
public record StreamDetails(OpenStream stream, List<Standing> standings, long bytesWritten, Duration blocked) {

    /** Copies the list. */
    public StreamDetails {
        standings = List.copyOf(standings);
    }
}
