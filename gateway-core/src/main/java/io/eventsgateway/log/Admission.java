package io.eventsgateway.log;

/** What the connects and disconnects of a destination say about a caller. */
public enum Admission {
    /** A connect named it, or one of its roles. */
    NAMED,
    /** Connects named others only. */
    OTHERS,
    /** No connect named anybody. */
    NOBODY,
    /** The destination was ended for it, or for everybody. */
    ENDED
}
