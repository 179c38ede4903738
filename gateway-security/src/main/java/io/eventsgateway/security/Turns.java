package io.eventsgateway.security;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets a bounded number of calls be under way at once, of which nobody has more than a share. Further calls wait; those who wait take
 * turns, so that who makes many calls delays only themselves. Any thread may call; a call that waited begins on the thread that ended
 * another one.
 */
final class Turns {

    private static final int MOST_WAITING = 10_000;

    private final int atOnce;
    private final int share;
    private final int waitingOfOne;
    private final long patience;

    // guarded by this
    private final Map<String, Asker> askers = new HashMap<>();
    private final Deque<Asker> next = new ArrayDeque<>();
    private int underWay;
    private int waiting;

    /** Somebody whose calls are under way or wait; in {@link #next} once where one of them may begin as soon as there is room. */
    private static final class Asker {
        private final String name;
        private final Deque<Call<?>> calls = new ArrayDeque<>();
        private int underWay;
        private boolean isNext;

        private Asker(String name) {
            this.name = name;
        }
    }

    private record Call<T>(Asker asker, Supplier<CompletionStage<T>> begin, CompletableFuture<T> result, long until) {}

    /**
     * Turns.
     *
     * @param atOnce how many calls may be under way
     * @param share how many of one asker
     * @param waitingOfOne how many calls of one asker may wait
     * @param patience for how long a call may wait
     */
    Turns(int atOnce, int share, int waitingOfOne, Duration patience) {
        this.atOnce = atOnce;
        this.share = share;
        this.waitingOfOne = waitingOfOne;
        this.patience = patience.toNanos();
    }

    /**
     * Makes a call when it is its turn.
     *
     * @param asker whose share it takes
     * @param call begins it; may throw
     * @return fails as the call does; with {@link RejectedExecutionException} where the call was never made, because too many wait or it
     *     waited too long
     */
    <T> CompletableFuture<T> take(String asker, Supplier<CompletionStage<T>> call) {
        Call<T> made;
        synchronized (this) {
            Asker whose = askers.computeIfAbsent(asker, Asker::new);
            made = new Call<>(whose, call, new CompletableFuture<>(), System.nanoTime() + patience);
            if (whose.calls.size() >= waitingOfOne || waiting >= MOST_WAITING) {
                return CompletableFuture.failedFuture(new RejectedExecutionException("too many wait"));
            }
            whose.calls.add(made);
            waiting++;
            line(whose);
        }
        begin();
        return made.result();
    }

    private void line(Asker asker) {
        if (!asker.isNext && asker.underWay < share && !asker.calls.isEmpty()) {
            asker.isNext = true;
            next.add(asker);
        }
    }

    /** Begins as many calls as there is room for. */
    private void begin() {
        for (Call<?> call = poll(); call != null; call = poll()) {
            run(call);
        }
    }

    private synchronized @Nullable Call<?> poll() {
        Asker asker = underWay < atOnce ? next.poll() : null;
        if (asker == null) {
            return null;
        }
        Call<?> call = asker.calls.remove();
        waiting--;
        underWay++;
        asker.underWay++;
        asker.isNext = false;
        line(asker);
        return call;
    }

    private <T> void run(Call<T> call) {
        if (System.nanoTime() - call.until() > 0) {
            release(call.asker());
            call.result().completeExceptionally(new RejectedExecutionException("waited too long"));
            return;
        }
        CompletionStage<T> begun;
        try {
            begun = call.begin().get();
        } catch (Throwable thrown) {
            begun = CompletableFuture.failedStage(thrown);
        }
        begun.whenComplete((answer, failure) -> {
            release(call.asker());
            if (failure != null) {
                call.result().completeExceptionally(failure);
            } else {
                call.result().complete(answer);
            }
            begin();
        });
    }

    private synchronized void release(Asker asker) {
        underWay--;
        asker.underWay--;
        line(asker);
        if (asker.underWay == 0 && asker.calls.isEmpty()) {
            askers.remove(asker.name);
        }
    }
}
