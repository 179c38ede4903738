package io.eventsgateway.replica;

import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Where each replica shows again and again that it lives. Any thread may call; nothing blocks. */
public interface ReplicaBeats {

    /**
     * Shows that a replica lives.
     *
     * @param replica its name, which no other one has
     * @param beat another text each time
     * @return what each replica showed last, this one included; fails where that can't be said now
     */
    CompletionStage<Map<String, String>> show(String replica, String beat);

    /** A replica has gone, and is not shown any more. */
    CompletionStage<?> forget(String replica);
}
