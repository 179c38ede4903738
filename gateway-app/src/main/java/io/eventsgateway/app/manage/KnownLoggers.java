package io.eventsgateway.app.manage;

import java.util.List;

/** What loggers of the gateway and its libraries are called, as far as it is known before they log. */
public final class KnownLoggers {

    /** Each is a logger, or those of a package. */
    static final List<String> NAMES = List.of(
            "access",
            "ch.qos.logback",
            "com.github.benmanes.caffeine",
            "com.nimbusds",
            "io.eventsgateway",
            "io.lettuce",
            "io.micrometer",
            "io.netty",
            "io.undertow",
            "org.apache.kafka",
            "org.jboss",
            "org.xnio",
            "reactor");

    private KnownLoggers() {}

    /** Whether a name is one of them or below one. */
    static boolean cover(String name) {
        return NAMES.stream().anyMatch(each -> isBelow(name, each));
    }

    /** Whether a level of a logger is one of theirs: it is one of them, below one or above one. */
    public static boolean concern(String name) {
        return NAMES.stream().anyMatch(each -> isBelow(name, each) || isBelow(each, name));
    }

    private static boolean isBelow(String name, String above) {
        return name.equals(above) || name.startsWith(above + ".");
    }
}
