package io.eventsgateway.undertow;

import java.util.Locale;

/** Why a request for an event stream got none, or got one that its page can't read. */
public enum Refusal {
    /** This replica does not let clients in yet. */
    STARTING,
    /** This replica stops. */
    DRAINING,
    /** The replica has as many streams, destinations or streams without a token as it takes. */
    FULL,
    /** The subject, or the address, asks more often than it may. */
    RATE,
    /** The subject has as many streams or destinations as it may. */
    SUBJECT_LIMIT,
    /** The address has as many streams without a token as it may. */
    ADDRESS_LIMIT,
    /** The caller can't be authenticated now: the issuer's keys, or the service that knows organisations, can't be reached. */
    KEYS,
    /** The caller's access can't be decided now: the service that decides on it does not answer. */
    POLICY,
    /** The caller brought no token, or one that is not valid. */
    UNAUTHENTICATED,
    /** The caller is known and may not see what it asks for. */
    FORBIDDEN,
    /** What the caller asks for was ended by a disconnect. */
    ENDED,
    /** The browser withholds the answer from its page, whose origin is not listed. */
    ORIGIN,
    /** The request is not one for a stream: method, path, destination or parameter. */
    INVALID,
    /** A fault of the gateway, which is logged where it happens. */
    FAULT;

    /** The word in metrics and logs. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
