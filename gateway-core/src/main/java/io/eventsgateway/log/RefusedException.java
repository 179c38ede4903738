package io.eventsgateway.log;

/**
 * The store answered that it does not take an entry of the batch, and would answer so again: the entry has to be found by appending
 * the batch in parts, and does not belong into the log. The store itself works.
 */
public final class RefusedException extends Exception {

    private static final long serialVersionUID = 1;

    /**
     * With the store's answer.
     *
     * @param message the answer, without anything of the entry's content
     */
    public RefusedException(String message) {
        super(message);
    }
}
