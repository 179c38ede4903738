package io.eventsgateway.undertow;

/** A request may come back later. The message is one sentence for its client. */
final class TurnedAwayException extends Exception {

    private static final long serialVersionUID = 1;

    private final Refusal reason;

    TurnedAwayException(Refusal reason, String detail) {
        super(detail, null, false, false);
        this.reason = reason;
    }

    Refusal reason() {
        return reason;
    }
}
