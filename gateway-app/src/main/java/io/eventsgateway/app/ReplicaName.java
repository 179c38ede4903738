package io.eventsgateway.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** What operators know a replica by: its host, which in a container is the pod's or container's name, and what tells its starts apart. */
final class ReplicaName {

    /** Where Linux has the host's name; to ask the JVM for it would ask DNS. */
    private static final Path KERNEL = Path.of("/proc/sys/kernel/hostname");

    private ReplicaName() {}

    static String make() {
        return String.format("%s-%04x", host(), ThreadLocalRandom.current().nextInt(0x10000));
    }

    /** The host alone. */
    static String host() {
        return host(System.getenv("HOSTNAME"));
    }

    private static String host(@Nullable String named) {
        if (named != null && !named.isBlank()) {
            return named.strip();
        }
        try {
            return Files.readString(KERNEL).strip();
        } catch (IOException notLinux) {
            return "replica";
        }
    }
}
