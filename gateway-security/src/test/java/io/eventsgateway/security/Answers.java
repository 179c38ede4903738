package io.eventsgateway.security;

import io.eventsgateway.auth.AccessException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Waits for what is answered later. */
final class Answers {

    private Answers() {}

    /** What a stage completes with; or why not, as if it had been thrown. */
    static <T> T of(CompletionStage<T> stage) throws AccessException {
        try {
            return stage.toCompletableFuture()
                    .copy()
                    .orTimeout(30, TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException failed) {
            AccessException refusal = AccessException.of(failed);
            if (refusal != null) {
                throw refusal;
            }
            throw failed;
        }
    }
}
