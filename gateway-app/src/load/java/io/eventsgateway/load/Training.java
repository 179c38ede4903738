package io.eventsgateway.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Uses everything of a gateway once and often, so that a JVM which is told to keep what it learns learns it:
 * {@code mvn -q -Pdist -DskipTests verify}. Used by one thread.
 */
final class Training {

    private static final int CLIENTS = 1_000;
    private static final int SIZE = 300;

    private Training() {}

    /** Of a command that starts the gateway, and its jar. */
    public static void main(String[] args) throws IOException {
        // what is learnt is for a jar of that time alone, and layers of images round it to seconds
        Path jar = Path.of(args[1]);
        Instant made = Files.getLastModifiedTime(jar).toInstant();
        Files.setLastModifiedTime(jar, FileTime.from(made.truncatedTo(ChronoUnit.SECONDS)));
        try (Backends backends = new Backends("", "");
                Tokens tokens = new Tokens();
                Gateways gateway = new Gateways(backends, args[0], 1, tokens)) {
            try (Bench each = new Bench(gateway, backends, CLIENTS, CLIENTS, 1, tokens)) {
                each.window(500, 3, SIZE);
                each.window(5_000, 5, SIZE);
            }
            try (Bench together = new Bench(gateway, backends, CLIENTS, 1, 1, tokens)) {
                together.window(20, 3, SIZE);
            }
        }
        System.exit(0);
    }
}
