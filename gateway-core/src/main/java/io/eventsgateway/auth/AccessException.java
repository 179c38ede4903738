package io.eventsgateway.auth;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A client is not let in. The message is one sentence for the client that says what to change; it never has the token in it. */
public final class AccessException extends Exception {

    private static final long serialVersionUID = 1;

    /** Why. */
    public enum Reason {
        /** It brought no token, or one that is not valid: HTTP 401. */
        UNAUTHENTICATED,
        /** It is known and may not: HTTP 403. */
        FORBIDDEN,
        /** What it asks for was ended, for it or for everybody: HTTP 204, on which an EventSource stops for good. */
        ENDED,
        /** It can't be told now and may be tried again: HTTP 503. */
        UNAVAILABLE
    }

    private final Reason reason;

    /** A refusal for this reason. */
    public AccessException(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }

    /** A stage that has failed with this. */
    public <T> CompletionStage<T> asStage() {
        return CompletableFuture.failedStage(this);
    }

    /** The refusal that a stage failed with; null where it failed for another cause. */
    public static @Nullable AccessException of(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause instanceof AccessException refusal ? refusal : null;
    }
}
