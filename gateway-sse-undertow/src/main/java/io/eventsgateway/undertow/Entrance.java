package io.eventsgateway.undertow;

import io.eventsgateway.Destination;
import io.eventsgateway.auth.AccessException;
import io.eventsgateway.auth.Credentials;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.hub.Start;
import io.undertow.server.HttpServerExchange;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioExecutor;

/**
 * One request's way to its stream: who it is, then what of the caller's own limits is left, then what it may see. Where all is known it
 * goes the whole way on the worker thread that begins it; where others are asked it goes on by another worker thread when they answer.
 * There is one deadline for all of them, after which the client has to come back.
 */
final class Entrance {

    private static final long PATIENCE_MILLIS = 3000;

    private final HttpServerExchange exchange;
    private final StreamRequest request;
    private final EventsHandler handler;

    /** Set by whoever answers the request. */
    private final AtomicBoolean answered = new AtomicBoolean();

    private volatile XnioExecutor.@Nullable Key deadline;
    private volatile @Nullable AccessCheck check;
    private volatile Limits.@Nullable Place place;

    Entrance(HttpServerExchange exchange, StreamRequest request, EventsHandler handler) {
        this.exchange = exchange;
        this.request = request;
        this.handler = handler;
    }

    /** Begins. Called by a worker thread. */
    void begin() {
        try {
            Credentials credentials = request.credentials();
            next(handler.authenticator().authenticate(credentials), identity -> enter(identity, credentials));
        } catch (Throwable failure) {
            fail(failure);
        }
    }

    private interface Step<T> {
        void take(T answer) throws ProblemException, TurnedAwayException;
    }

    /** Takes a step with an answer: at once where it is there. */
    private <T> void next(CompletionStage<T> stage, Step<T> step) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        if (future.isDone()) {
            future.whenComplete((answer, failure) -> take(answer, failure, step));
        } else {
            if (deadline == null) {
                deadline = exchange.getIoThread().executeAfter(this::late, PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            }
            future.whenCompleteAsync(
                    (answer, failure) -> take(answer, failure, step),
                    exchange.getConnection().getWorker());
        }
    }

    private <T> void take(T answer, @Nullable Throwable failure, Step<T> step) {
        if (answered.get()) {
            return;
        }
        if (failure != null) {
            fail(failure);
            return;
        }
        try {
            step.take(answer);
        } catch (Throwable fault) {
            fail(fault);
        }
    }

    private void enter(Identity identity, Credentials credentials) throws ProblemException, TurnedAwayException {
        Start start = request.start();
        List<Destination> destinations = handler.destinations(request, identity);
        Limits.Place taken = handler.enter(identity, request.address(), destinations.size());
        place = taken;
        AccessCheck asking = new AccessCheck(handler.policy(), identity, credentials, destinations);
        check = asking;
        if (answered.get()) {
            // the deadline passed before there was anything to give back
            leave();
            return;
        }
        next(asking.begin(), allowed -> open(identity, destinations, allowed, start, taken));
    }

    private void open(
            Identity identity,
            List<Destination> destinations,
            Set<Destination> allowed,
            Start start,
            Limits.Place taken) {
        if (handler.isRefusing()) {
            answer(() -> handler.turnAway(exchange));
        } else if (answered.compareAndSet(false, true)) {
            cancelDeadline();
            try {
                handler.open(exchange, identity, destinations, allowed, start, taken);
            } catch (RuntimeException | Error fault) {
                taken.leave();
                throw fault;
            }
        }
    }

    private void late() {
        answer(() -> handler.turnAway(
                exchange, undecided(), "Who decides on this stream does not answer; come back later."));
    }

    /** What is not decided: who it is, or what it may see. */
    private Refusal undecided() {
        return check == null ? Refusal.KEYS : Refusal.POLICY;
    }

    private void fail(Throwable failure) {
        AccessException refused = AccessException.of(failure);
        if (refused != null) {
            answer(() -> handler.refuse(exchange, refused, undecided()));
        } else if (failure instanceof TurnedAwayException later) {
            answer(() -> handler.turnAway(exchange, later.reason(), String.valueOf(later.getMessage())));
        } else if (failure instanceof ProblemException problem) {
            answer(() -> handler.refuse(exchange, problem.problem()));
        } else {
            answer(() -> handler.fault(exchange, failure));
        }
    }

    private void answer(Runnable answer) {
        if (answered.compareAndSet(false, true)) {
            cancelDeadline();
            leave();
            answer.run();
        }
    }

    private void leave() {
        AccessCheck asking = check;
        if (asking != null) {
            asking.stop();
        }
        Limits.Place taken = place;
        if (taken != null) {
            taken.leave();
        }
    }

    private void cancelDeadline() {
        XnioExecutor.Key current = deadline;
        if (current != null) {
            current.remove();
        }
    }
}
