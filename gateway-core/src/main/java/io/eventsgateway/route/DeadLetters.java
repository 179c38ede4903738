package io.eventsgateway.route;

import java.util.concurrent.CompletionStage;

/** Where records go that can't be used. Any thread may call; a call does not block. */
@FunctionalInterface
public interface DeadLetters {

    /** Keeps a record and why it could not be used; the stage completes when that is acknowledged. */
    CompletionStage<Void> send(InboundRecord in, String reason);
}
