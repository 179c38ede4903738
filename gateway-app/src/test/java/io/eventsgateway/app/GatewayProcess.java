package io.eventsgateway.app;

import io.eventsgateway.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The built jar as a process of its own. Used by one thread. */
final class GatewayProcess implements AutoCloseable {

    private static final Pattern STARTED = Pattern.compile("Gateway started port=\\d+ management=(\\d+)");

    private final Artifact artifact;
    private final Path files;
    private final Map<String, String> environment;
    private final List<String> arguments;
    private final int port = FreePort.any();
    private final Path log;
    private Process process;

    /** The jar on the Java that runs the tests. */
    GatewayProcess(Map<String, String> environment, String... arguments) {
        this(Artifact.jar(), Path.of("target").toAbsolutePath(), environment, arguments);
    }

    /** The jar with another heap than the usual one, as {@code -Xmx} takes it. */
    static GatewayProcess withHeap(String heap, Map<String, String> environment) {
        return new GatewayProcess(Artifact.jar(heap), Path.of("target").toAbsolutePath(), environment);
    }

    /**
     * Some artifact.
     *
     * @param files a folder that it may read
     */
    GatewayProcess(Artifact artifact, Path files, Map<String, String> environment, String... arguments) {
        this.artifact = artifact;
        this.files = files;
        this.environment = Map.copyOf(environment);
        this.arguments = List.of(arguments);
        try {
            this.log = Files.createTempFile("gateway", ".log");
        } catch (IOException noFile) {
            throw new UncheckedIOException(noFile);
        }
        start();
        awaitStart();
    }

    /** Starts it, on the same port as before. */
    void start() {
        Map<String, String> all =
                new HashMap<>(Map.of("SERVER_PORT", Integer.toString(port), "MANAGEMENT_SERVER_PORT", "0"));
        all.putAll(environment);
        ProcessBuilder builder =
                artifact.process(all, files, arguments).redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        try {
            process = builder.start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        }
    }

    /** Kills it as -9 does. */
    void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** Asks it to stop and returns its exit code. */
    int stop() {
        process.destroy();
        return awaitEnd();
    }

    /** Waits for it to end by itself and returns its exit code. */
    int awaitEnd() {
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("gateway does not end; its log is " + log);
            }
            return process.exitValue();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    /** The memory it has of the machine, in MB; 0 where the system does not say. */
    long residentMegabytes() {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException unknown) {
            return 0;
        }
    }

    /** What its heap holds after a collection, in bytes. */
    long liveBytes() {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        try {
            Process asked = new ProcessBuilder(jcmd, Long.toString(process.pid()), "GC.class_histogram")
                    .redirectErrorStream(true)
                    .start();
            String histogram = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            Matcher total = Pattern.compile("Total +[0-9]+ +([0-9]+)").matcher(histogram);
            if (!total.find()) {
                throw new IllegalStateException(histogram);
            }
            return Long.parseLong(total.group(1));
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        }
    }

    /** Whether it takes connections. */
    boolean answers() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Where health and metrics are, of its last start. */
    int managementPort() {
        Matcher started = STARTED.matcher(log());
        int found = 0;
        while (started.find()) {
            found = Integer.parseInt(started.group(1));
        }
        return found;
    }

    int port() {
        return port;
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** How many lines of its log have a text. */
    long linesWith(String text) {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> line.contains(text)).count();
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    /** Stops it as an operator does, unless it was ended before, and checks that it ends well. */
    @Override
    public void close() {
        if (process.isAlive()) {
            int exitCode = stop();
            if (exitCode != 0) {
                throw new IllegalStateException("gateway ended with " + exitCode + ":\n" + log());
            }
        }
        log.toFile().delete();
    }

    private void awaitStart() {
        long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
        while (!log().contains("Gateway started")) {
            if (System.nanoTime() > until || !process.isAlive()) {
                throw new IllegalStateException("gateway did not start:\n" + log());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }
}
