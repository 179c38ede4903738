package io.eventsgateway.app;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** What operators know a replica by: its host, which in a container is the pod's or container's name, and what tells its starts apart. */
final class ReplicaName {

    private ReplicaName() {}

    static String make() {
        return String.format(
                "%s-%04x",
                host(System.getenv("HOSTNAME")), ThreadLocalRandom.current().nextInt(0x10000));
    }

    /** The name that the environment has, as containers do; else what the machine has. */
    private static String host(@Nullable String named) {
        if (named != null && !named.isBlank()) {
            return named;
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            return "replica";
        }
    }
}
