package io.eventsgateway.app.doctor;

/** How something was found. */
public enum Verdict {
    /** As it should be. */
    OK,
    /** Not examined, because it depends on something that fails, or was not asked for. */
    SKIP,
    /** It works, and an operator should know something about it. */
    WARN,
    /** It does not work. */
    FAIL
}
