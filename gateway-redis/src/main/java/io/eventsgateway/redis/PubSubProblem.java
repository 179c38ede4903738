package io.eventsgateway.redis;

import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is wrong with a connection for pub/sub: logged once as long as it is the same and nothing is heard. Any thread may call. */
final class PubSubProblem {

    private static final Logger LOG = LoggerFactory.getLogger(PubSubProblem.class);

    private final Supplier<String> server;
    private volatile String last = "";
    private volatile String denied = "";

    /** None so far, with a server whose name is for people. */
    PubSubProblem(Supplier<String> server) {
        this.server = server;
    }

    /** What was wrong last; empty since something was heard. */
    String last() {
        return last;
    }

    /** What the user of Redis is not allowed; empty where nothing is known to be missing. */
    String denied() {
        return denied;
    }

    /** Something is wrong; what the user is not allowed is the better reason. */
    void report(String cause) {
        String why = denied.isEmpty() ? cause : denied;
        if (!why.equals(last)) {
            last = why;
            LOG.warn("Push does not work, queries take its place server={} cause=\"{}\"", server.get(), why);
        }
    }

    /** The user of Redis is not allowed to subscribe. */
    void denied(String why) {
        denied = why;
        report(why);
    }

    /** It is. */
    void allowed() {
        denied = "";
    }

    /** Something was heard. */
    void heard() {
        last = "";
    }
}
