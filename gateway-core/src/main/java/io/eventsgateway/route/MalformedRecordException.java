package io.eventsgateway.route;

/** A record can't be used. The message says why in a few words, without any of the record's data. */
public final class MalformedRecordException extends Exception {

    private static final long serialVersionUID = 1;

    /** A record that can't be used for this reason. */
    public MalformedRecordException(String reason) {
        super(reason, null, false, false);
    }
}
