package io.eventsgateway.hub;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Calls to a log that may be somebody else's code. Any thread may call. */
final class Stages {

    private Stages() {}

    /** The stage that a call returns; where the call throws, which no log should, a failed one, and the listener hears of it. */
    static <T> CompletableFuture<T> of(Supplier<? extends CompletionStage<T>> call, HubListener listener) {
        try {
            return call.get().toCompletableFuture();
        } catch (RuntimeException | Error fault) {
            listener.failed(fault);
            return CompletableFuture.failedFuture(fault);
        }
    }
}
