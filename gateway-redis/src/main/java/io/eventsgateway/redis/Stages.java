package io.eventsgateway.redis;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Stages of calls that may throw in place of failing. */
final class Stages {

    private Stages() {}

    /** What a call begins; a failed stage where it throws, whatever it throws. */
    static <T> CompletionStage<T> attempt(Supplier<CompletionStage<T>> call) {
        try {
            return call.get();
        } catch (Throwable thrown) {
            return CompletableFuture.failedStage(thrown);
        }
    }

    /** Whether a call has begun and not ended. A stage in place of a flag: no failure on the way can leave it set. */
    static boolean isUnderWay(@Nullable CompletionStage<?> call) {
        return call != null && !call.toCompletableFuture().isDone();
    }
}
