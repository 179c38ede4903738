package io.eventsgateway.app.doctor;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for stages. Blocks; any thread may call. */
final class Answers {

    private Answers() {}

    /**
     * What a stage completes with.
     *
     * @throws ExecutionException with what it failed with
     * @throws TimeoutException if it takes longer than a server may
     */
    static <T> T await(CompletionStage<T> stage) throws ExecutionException, TimeoutException, InterruptedException {
        return stage.toCompletableFuture().get(Check.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }
}
