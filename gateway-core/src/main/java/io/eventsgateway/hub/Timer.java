package io.eventsgateway.hub;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs tasks later. Any thread may call. */
@FunctionalInterface
public interface Timer {

    /** The JDK's own timer. */
    Timer SYSTEM = (delay, task) -> CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS)
            .execute(task);

    /** Runs a task, which does not block, after a delay. */
    void after(Duration delay, Runnable task);
}
