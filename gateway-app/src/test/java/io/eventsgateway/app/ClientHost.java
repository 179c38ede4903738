package io.eventsgateway.app;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A process with clients in it, each line of whose output is one of their books; what it complains of goes to a file. Used by one thread. */
final class ClientHost implements AutoCloseable {

    private final Process process;

    /**
     * Starts it.
     *
     * @param name what it is called, by which the file is found
     * @param folder where the file is
     */
    ClientHost(String name, Path folder, List<String> command, Consumer<String> books) {
        File complaints = folder.resolve(name + ".log").toFile();
        try {
            Files.createDirectories(folder);
            process = new ProcessBuilder(command).redirectError(complaints).start();
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        Thread reader = new Thread(() -> out.lines().forEach(books), "books of " + name);
        reader.setDaemon(true);
        reader.start();
    }

    /** Ends it with all that it has started. */
    @Override
    public void close() {
        List<ProcessHandle> all = process.descendants().toList();
        process.destroyForcibly();
        all.forEach(ProcessHandle::destroyForcibly);
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}
