package io.eventsgateway.log;

/** Nothing was appended, because of a loss since the generation that the caller knows: it has to go back first. */
public final class LostException extends Exception {

    private static final long serialVersionUID = 1;

    /** With what is known of the loss. */
    public LostException(String message) {
        super(message);
    }
}
