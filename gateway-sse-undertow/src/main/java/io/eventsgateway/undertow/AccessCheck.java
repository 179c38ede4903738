package io.eventsgateway.undertow;

import io.eventsgateway.Destination;
import io.eventsgateway.auth.AccessException;
import io.eventsgateway.auth.AccessException.Reason;
import io.eventsgateway.auth.AccessPolicy;
import io.eventsgateway.auth.Credentials;
import io.eventsgateway.auth.Identity;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Asks a policy about all destinations of one request, several at once, until an answer decides. All that were asked for are allowed,
 * but those that were ended while there is something else; where one is also an organisation's that everybody sees, it is enough to be
 * let in to one of both. Any thread may call.
 */
final class AccessCheck {

    private static final int AT_ONCE = 8;

    private final AccessPolicy policy;
    private final Identity identity;
    private final Credentials credentials;
    private final List<Destination> asked;
    private final CompletableFuture<Set<Destination>> result = new CompletableFuture<>();

    // guarded by this
    private final Set<Destination> allowed = new HashSet<>();
    private final Map<String, Path> paths = new HashMap<>();
    private int next;
    private int underWay;

    /** What is known about the one or two destinations of a path. */
    private static final class Path {
        private int open;
        private boolean allowed;
        private @Nullable AccessException refused;
    }

    AccessCheck(AccessPolicy policy, Identity identity, Credentials credentials, List<Destination> asked) {
        this.policy = policy;
        this.identity = identity;
        this.credentials = credentials;
        this.asked = asked;
        asked.forEach(destination -> paths.computeIfAbsent(destination.path(), path -> new Path()).open++);
    }

    /** What is allowed, complete on return where nobody has to be asked; fails with {@link AccessException}, or as the policy does. */
    CompletableFuture<Set<Destination>> begin() {
        for (Destination destination = take(); destination != null; destination = take()) {
            ask(destination);
        }
        return result;
    }

    /** Asks no more. */
    void stop() {
        result.cancel(false);
    }

    private synchronized @Nullable Destination take() {
        if (result.isDone() || underWay == AT_ONCE || next == asked.size()) {
            return null;
        }
        underWay++;
        return asked.get(next++);
    }

    private void ask(Destination destination) {
        CompletableFuture<?> answer;
        try {
            answer = policy.check(identity, credentials, destination).toCompletableFuture();
        } catch (Throwable thrown) {
            answer = CompletableFuture.failedFuture(thrown);
        }
        boolean waits = !answer.isDone();
        answer.whenComplete((yes, failure) -> {
            answered(destination, failure);
            if (waits) {
                begin();
            }
        });
    }

    private void answered(Destination destination, @Nullable Throwable failure) {
        Throwable decision;
        boolean complete;
        synchronized (this) {
            underWay--;
            decision = take(destination, failure);
            complete = underWay == 0 && next == asked.size();
            if (complete && decision == null && allowed.isEmpty()) {
                decision = Objects.requireNonNull(paths.get(destination.path())).refused;
            }
        }
        if (decision != null) {
            result.completeExceptionally(decision);
        } else if (complete) {
            result.complete(allowed);
        }
    }

    /** Why nobody else needs to be asked; null where that is not so. */
    private @Nullable Throwable take(Destination destination, @Nullable Throwable failure) {
        AccessException no = failure == null ? null : AccessException.of(failure);
        if (failure != null && no == null) {
            return failure;
        }
        Path path = Objects.requireNonNull(paths.get(destination.path()));
        path.open--;
        if (no == null) {
            path.allowed = true;
            allowed.add(destination);
        } else if (path.refused == null || weight(no) > weight(path.refused)) {
            path.refused = no;
        }
        AccessException refused = path.refused;
        boolean decides = path.open == 0 && !path.allowed && refused != null && refused.reason() != Reason.ENDED;
        return decides ? refused : null;
    }

    /** Of two refusals of one path the one counts that leaves the client more to hope for. */
    private static int weight(AccessException refusal) {
        return switch (refusal.reason()) {
            case UNAVAILABLE -> 2;
            case FORBIDDEN, UNAUTHENTICATED -> 1;
            case ENDED -> 0;
        };
    }
}
