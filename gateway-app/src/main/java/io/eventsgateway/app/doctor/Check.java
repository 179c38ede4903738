package io.eventsgateway.app.doctor;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * Something to look at, on a thread of its own.
 *
 * @param name of the finding where the look itself fails
 * @param limit after which it is given up
 * @param look blocks until it has found out; what it throws is a finding
 */
record Check(String name, Duration limit, Callable<List<Finding>> look) {

    /** How long a server may take to answer. */
    static final Duration PATIENCE = Duration.ofSeconds(5);

    static Check of(String name, Callable<List<Finding>> look) {
        return new Check(name, PATIENCE, look);
    }
}
