import org.jspecify.annotations.NullMarked;

/**
 * The gateway's words, rules and ports. Needs nothing but the JDK, opens no connection and logs nothing: what it has to report goes
 * to the listeners that it is given. Only settings that name files look at them.
 */
@NullMarked
module io.eventsgateway.core {
    requires static transitive org.jspecify;

    exports io.eventsgateway;
    exports io.eventsgateway.auth;
    exports io.eventsgateway.config;
    exports io.eventsgateway.hub;
    exports io.eventsgateway.lane;
    exports io.eventsgateway.log;
    exports io.eventsgateway.outage;
    exports io.eventsgateway.replica;
    exports io.eventsgateway.route;
    exports io.eventsgateway.sse;
    exports io.eventsgateway.topic;
}
