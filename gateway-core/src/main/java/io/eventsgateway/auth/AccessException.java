package io.eventsgateway.auth;

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
}
