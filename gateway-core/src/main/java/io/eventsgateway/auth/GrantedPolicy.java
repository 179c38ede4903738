package io.eventsgateway.auth;

import io.eventsgateway.Destination;
import io.eventsgateway.auth.AccessException.Reason;
import io.eventsgateway.log.Admission;
import io.eventsgateway.log.EventLog;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * Lets in whom the connects of a destination named, by subject or role, and everybody to what is their own. Whom a disconnect named
 * since is told that it is over; streams that are open are ended by the hub. Any thread may call; a call blocks for as long as the log takes.
 *
 * @param log which knows the connects; lent
 */
public record GrantedPolicy(EventLog log) implements AccessPolicy {

    private static final long PATIENCE_SECONDS = 10;

    @Override
    public void check(Identity identity, Credentials credentials, Destination destination) throws AccessException {
        if (destination.type().equals(Destination.USER)) {
            return;
        }
        Admission admission;
        try {
            admission = log.admission(destination, identity.names(), identity.roles())
                    .toCompletableFuture()
                    .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException | CancellationException unknown) {
            throw new AccessException(Reason.UNAVAILABLE, "Who is let in can't be told right now; try again.");
        }
        switch (admission) {
            case NAMED -> {}
            // who was let in before is not remembered, so what is left goes to nobody who comes now
            case ENDED -> throw new AccessException(Reason.ENDED, "This destination was ended.");
            case NOBODY ->
                throw new AccessException(
                        Reason.UNAVAILABLE, "Nobody was let in to this destination yet; try again when it was opened.");
            case OTHERS ->
                throw new AccessException(
                        Reason.FORBIDDEN, "This destination was opened for others; ask whoever opens it.");
        }
    }
}
