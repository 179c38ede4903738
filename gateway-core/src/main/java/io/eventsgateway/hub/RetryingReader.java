package io.eventsgateway.hub;

import io.eventsgateway.Destination;
import io.eventsgateway.EventId;
import io.eventsgateway.Payload;
import io.eventsgateway.log.DeliveryProgress;
import io.eventsgateway.log.EventReader;
import io.eventsgateway.log.Page;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks the log, which may be somebody else's code, until it answers: the one place of a hub that asks again. Any thread may call.
 */
final class RetryingReader {

    private final EventReader log;
    private final DeliveryProgress progress;
    private final HubOptions options;
    private final Timer timer;
    private final HubListener listener;
    private final ReadBudget budget;

    RetryingReader(EventReader log, DeliveryProgress progress, HubOptions options, Timer timer, HubListener listener) {
        this.log = log;
        this.progress = progress;
        this.options = options;
        this.timer = timer;
        this.listener = listener;
        this.budget = new ReadBudget(options.maxReadBytes(), task -> timer.after(options.retryAfter(), task), listener);
    }

    /** Who asks. Its methods may be called by any thread. */
    interface Asker {

        /** Whether it still waits for an answer; after false it is never asked for again. */
        boolean waits();

        /**
         * Does what is to be done with an answer.
         *
         * @throws RejectedExecutionException where that can't be done now; the question is asked again
         */
        void execute(Runnable step);
    }

    /** Reads a page within the budget, which it counts for until the taker has returned. */
    void page(
            Asker asker,
            Destination destination,
            @Nullable EventId after,
            int maxEvents,
            int maxBytes,
            Consumer<Page> taker) {
        within(asker, maxBytes, () -> log.read(destination, after, maxEvents, maxBytes), taker);
    }

    /** Reads a piece of a large event within the budget, which it counts for until the taker has returned. */
    void piece(
            Asker asker,
            Destination destination,
            Page.Large large,
            int from,
            int bytes,
            Consumer<@Nullable Payload> taker) {
        within(asker, bytes, () -> log.readPiece(destination, large, from, bytes), taker);
    }

    private <T extends @Nullable Object> void within(
            Asker asker, int bytes, Supplier<CompletionStage<T>> question, Consumer<T> taker) {
        budget.lease(bytes, lease -> {
            if (!asker.waits()) {
                lease.close();
                return;
            }
            once(question).whenComplete((answer, failure) -> {
                if (failure != null) {
                    lease.closeAfterFailure();
                    again(asker, () -> within(asker, bytes, question, taker));
                    return;
                }
                try {
                    asker.execute(() -> {
                        try (lease) {
                            if (asker.waits()) {
                                taker.accept(answer);
                            }
                        }
                    });
                } catch (RejectedExecutionException full) {
                    lease.close();
                    again(asker, () -> within(asker, bytes, question, taker));
                }
            });
        });
    }

    /**
     * Reads page after page, outside the budget. Pages that are there at once do not nest.
     *
     * @param taker gives the position to read on from; null for no further page
     */
    void pages(
            Asker asker,
            Destination destination,
            EventId after,
            int maxEvents,
            int maxBytes,
            Function<Page, @Nullable EventId> taker) {
        EventId next = after;
        while (next != null && asker.waits()) {
            EventId from = next;
            CompletableFuture<Page> answer = once(() -> log.read(destination, from, maxEvents, maxBytes));
            if (!answer.isDone()) {
                answer.whenComplete((page, failure) -> {
                    EventId more = taken(asker, destination, from, maxEvents, maxBytes, taker, answer);
                    if (more != null) {
                        pages(asker, destination, more, maxEvents, maxBytes, taker);
                    }
                });
                return;
            }
            next = taken(asker, destination, from, maxEvents, maxBytes, taker, answer);
        }
    }

    private @Nullable EventId taken(
            Asker asker,
            Destination destination,
            EventId from,
            int maxEvents,
            int maxBytes,
            Function<Page, @Nullable EventId> taker,
            CompletableFuture<Page> answer) {
        if (!answer.isCompletedExceptionally()) {
            try {
                return taker.apply(answer.join());
            } catch (RuntimeException | Error fault) {
                listener.failed(fault);
            }
        }
        again(asker, () -> pages(asker, destination, from, maxEvents, maxBytes, taker));
        return null;
    }

    /** Asks how far a subject was served; the taker gets null where nothing was saved. */
    void progress(Asker asker, Destination destination, String subject, Consumer<@Nullable EventId> taker) {
        ask(asker, () -> progress.find(destination, subject), taker);
    }

    /** Saves how far a subject was served, once. */
    void save(Destination destination, String subject, EventId position) {
        once(() -> progress.save(destination, subject, position).thenRun(() -> {}));
    }

    /** Runs a task when progress is to be saved again, if somebody still waits by then. */
    void whenToSave(Asker asker, Runnable task) {
        timer.after(options.saveEvery(), () -> {
            if (asker.waits()) {
                task.run();
            }
        });
    }

    private <T extends @Nullable Object> void ask(
            Asker asker, Supplier<CompletionStage<T>> question, Consumer<T> taker) {
        once(question).whenComplete((answer, failure) -> {
            if (failure == null) {
                try {
                    asker.execute(() -> taker.accept(answer));
                    return;
                } catch (RejectedExecutionException full) {
                    // asked again as after a failure
                }
            }
            again(asker, () -> ask(asker, question, taker));
        });
    }

    /** Asks again some moments later, if somebody still waits by then. */
    void again(Asker asker, Runnable question) {
        timer.after(options.retryAfter(), () -> {
            if (asker.waits()) {
                question.run();
            }
        });
    }

    /** The stage that a call returns; where the call throws, which no log should, a failed one, and the listener hears of it. */
    <T extends @Nullable Object> CompletableFuture<T> once(Supplier<? extends CompletionStage<T>> call) {
        try {
            return call.get().toCompletableFuture();
        } catch (RuntimeException | Error fault) {
            listener.failed(fault);
            return CompletableFuture.failedFuture(fault);
        }
    }
}
