package io.eventsgateway.auth;

import io.eventsgateway.Destination;
import io.eventsgateway.auth.AccessException.Reason;
import io.eventsgateway.log.Admission;
import io.eventsgateway.log.EventReader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Lets in whom the connects of a destination named, by subject or role, and everybody to what is their own. Whom a disconnect named
 * since is told that it is over; streams that are open are ended by the hub. Any thread may call; stages complete as the log's do.
 *
 * @param log which knows the connects; lent
 */
public record GrantedPolicy(EventReader log) implements AccessPolicy {

    @Override
    public CompletionStage<?> check(Identity identity, Credentials credentials, Destination destination) {
        return destination.type().equals(Destination.USER)
                ? CompletableFuture.completedStage(null)
                : log.admission(destination, identity.names(), identity.roles())
                        .handle(GrantedPolicy::refusal)
                        .thenCompose(no -> no == null ? CompletableFuture.completedStage(null) : no.asStage());
    }

    private static @Nullable AccessException refusal(@Nullable Admission admission, @Nullable Throwable failure) {
        if (admission == null) {
            return new AccessException(Reason.UNAVAILABLE, "Who is let in can't be told right now; try again.");
        }
        return switch (admission) {
            case NAMED -> null;
            // who was let in before is not remembered, so what is left goes to nobody who comes now
            case ENDED -> new AccessException(Reason.ENDED, "This destination was ended.");
            case NOBODY ->
                new AccessException(
                        Reason.UNAVAILABLE, "Nobody was let in to this destination yet; try again when it was opened.");
            case OTHERS ->
                new AccessException(Reason.FORBIDDEN, "This destination was opened for others; ask whoever opens it.");
        };
    }
}
