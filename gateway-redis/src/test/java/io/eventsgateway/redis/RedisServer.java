package io.eventsgateway.redis;

import io.eventsgateway.FreePort;
import io.eventsgateway.TestKeys;
import io.lettuce.core.RedisURI;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real Redis as a process of its own on a free port, for tests. It keeps its port until it is closed, and does not outlive the JVM that
 * started it. Options are those of redis-server and win over its own: {@code v70("--maxmemory", "50mb")}. Used by one thread.
 */
public final class RedisServer implements AutoCloseable {

    /** Kills the server when standard input ends, as it does with this JVM, and becomes the server. */
    private static final String ENDS_WITH_PARENT =
            "exec 3<&0; { cat <&3; kill -9 $$; } >/dev/null 2>&1 & exec \"$@\" 3<&- </dev/null";

    /** The executables that were unpacked, by their resources. */
    private static final Map<String, String> EXECUTABLES = new ConcurrentHashMap<>();

    private final String executable;
    private final @Nullable Path clock;
    private final List<String> options;
    private final int port;
    private final Path folder;
    private Process process;

    private RedisServer(String executable, String... options) {
        this(executable, null, options);
    }

    private RedisServer(String executable, @Nullable Path clock, String... options) {
        this.executable = executable;
        this.clock = clock;
        this.options = List.of(options);
        this.port = freePort();
        try {
            this.folder = Files.createTempDirectory("redis");
        } catch (IOException noFolder) {
            throw new UncheckedIOException(noFolder);
        }
        start();
    }

    /** Redis 6.2, the oldest that the log supports. */
    public static RedisServer v62(String... options) {
        return new RedisServer(executable("6.2.6-v5", "6.2.7"), options);
    }

    /** Redis 7.0, the first with sharded pub/sub; or the younger server that {@link #younger} names. */
    public static RedisServer v70(String... options) {
        return new RedisServer(younger().orElseGet(() -> executable("7.0.15")), options);
    }

    /** Redis 7.0 whose clock can be set, by Debian's package libfaketime. */
    public static RedisServer withClock() {
        try {
            Path clock = Files.createTempFile("clock", "");
            clock.toFile().deleteOnExit();
            Files.writeString(clock, "+0");
            return new RedisServer(younger().orElseGet(() -> executable("7.0.15")), clock);
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        }
    }

    /** Sets the clock of a server that was made {@link #withClock} ahead of the machine's. */
    public void setClockAhead(Duration by) {
        try {
            Files.writeString(Objects.requireNonNull(clock), "+" + by.toSeconds());
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        }
    }

    /** Has a process take the time from a file. */
    private static void setClock(ProcessBuilder process, Path clock) throws IOException {
        try (Stream<Path> files = Files.find(
                Path.of("/usr/lib"), 3, (file, attributes) -> file.endsWith("faketime/libfaketimeMT.so.1"))) {
            Path library = files.findFirst()
                    .orElseThrow(() -> new IllegalStateException("libfaketime is needed: apt-get install libfaketime"));
            process.environment()
                    .putAll(Map.of(
                            "LD_PRELOAD",
                            library.toString(),
                            "FAKETIME_TIMESTAMP_FILE",
                            clock.toString(),
                            "FAKETIME_NO_CACHE",
                            "1",
                            "FAKETIME_DONT_FAKE_MONOTONIC",
                            "1"));
        }
    }

    /** The executable in the system property {@code redis.executable}, with which the tests run in place of Redis 7.0. */
    static Optional<String> younger() {
        Optional<String> named = Optional.ofNullable(System.getProperty("redis.executable"));
        named.filter(file -> !Files.isExecutable(Path.of(file))).ifPresent(missing -> {
            throw new IllegalStateException("redis.executable=" + missing + " can't be executed");
        });
        return named;
    }

    /** Redis 7.0 that takes TLS too, on {@link #tlsPort}, and replicates over it; its clients need no certificate. */
    public static RedisServer secured(TestKeys keys, String... options) {
        List<String> all = new ArrayList<>(tls(keys));
        all.addAll(List.of("--tls-cluster", "yes"));
        all.addAll(List.of(options));
        return v70(all.toArray(String[]::new));
    }

    /** The port for TLS of a {@link #secured} server. */
    public int tlsPort() {
        return Integer.parseInt(options.get(options.indexOf("--tls-port") + 1));
    }

    /** Where other servers of its kind reach it: over TLS where it is {@link #secured}. */
    int peerPort() {
        return options.contains("--tls-port") ? tlsPort() : port;
    }

    /** A sentinel of 7.0 by its configuration, which it rewrites. Options are the sentinel's. */
    static RedisServer sentinel(Path configuration, String... options) {
        List<String> all = new ArrayList<>(List.of(configuration.toString(), "--sentinel"));
        all.addAll(List.of(options));
        return v70(all.toArray(String[]::new));
    }

    /** A sentinel that takes TLS too, and speaks it with those it watches. */
    static RedisServer securedSentinel(TestKeys keys, Path configuration, String... options) {
        List<String> all = new ArrayList<>(List.of(configuration.toString(), "--sentinel"));
        all.addAll(tls(keys));
        all.addAll(List.of(options));
        return v70(all.toArray(String[]::new));
    }

    private static List<String> tls(TestKeys keys) {
        return List.of(
                "--tls-port",
                Integer.toString(freePort()),
                "--tls-cert-file",
                keys.certificateFile().toString(),
                "--tls-key-file",
                keys.keyFile().toString(),
                "--tls-ca-cert-file",
                keys.certificateFile().toString(),
                "--tls-auth-clients",
                "no",
                "--tls-replication",
                "yes");
    }

    /** The executable of the first of the versions that there is for this machine, from the Maven artifacts that carry them. */
    private static String executable(String... versions) {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac") ? "darwin" : "linux";
        String processor = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
        return Stream.of(versions)
                .map(version -> "/redis-server-" + version + "-" + system + "-" + processor)
                .filter(resource -> RedisServer.class.getResource(resource) != null)
                .findFirst()
                .map(resource -> EXECUTABLES.computeIfAbsent(resource, RedisServer::unpacked))
                .orElseThrow(() -> new IllegalStateException("no redis-server for " + system + " on " + processor));
    }

    /**
     * Has a process of its own write the file. A process that another thread starts while this JVM writes inherits the open file for a moment,
     * and a file that somebody may write can't be executed ("Text file busy").
     */
    private static String unpacked(String resource) {
        try (InputStream in = RedisServer.class.getResourceAsStream(resource)) {
            Path file = Files.createTempFile("redis-server", "");
            file.toFile().deleteOnExit();
            Process writer = new ProcessBuilder("sh", "-c", "cat > \"$0\" && chmod +x \"$0\"", file.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (OutputStream out = writer.getOutputStream()) {
                Objects.requireNonNull(in).transferTo(out);
            }
            if (writer.waitFor() != 0) {
                throw new IllegalStateException(file + " was not written");
            }
            return file.toString();
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    /** Starts it, after it was stopped, on the same port; with its data if it was not killed. */
    public void start() {
        List<String> command = new ArrayList<>(List.of("sh", "-c", ENDS_WITH_PARENT, "sh", executable));
        boolean sentinel = options.contains("--sentinel");
        if (sentinel) {
            command.addAll(options);
        }
        command.addAll(List.of("--port", Integer.toString(port), "--bind", "127.0.0.1", "--dir", folder.toString()));
        if (!sentinel) {
            command.addAll(List.of("--save", "", "--appendonly", "yes", "--appendfsync", "no"));
            command.addAll(options);
        }
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.resolve("redis.log").toFile()));
            if (clock != null) {
                setClock(builder, clock);
            }
            process = builder.start();
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        }
        awaitAnswer();
    }

    /** Stops it as an operator would; its data stays. */
    public void stop() {
        resume();
        // The process' own destroy() closes standard input too, which kills it.
        process.toHandle().destroy();
        awaitEnd();
    }

    /** Kills it. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** Stops it from doing anything, its connections open, until it is {@link #resume}d. */
    public void pause() {
        signal("STOP");
    }

    /** Lets it go on. */
    public void resume() {
        signal("CONT");
    }

    /** Where it is, with its password when {@code --requirepass} gave it one. */
    public RedisURI uri() {
        RedisURI.Builder uri = RedisURI.builder().withHost("127.0.0.1").withPort(port);
        password().ifPresent(password -> uri.withPassword(password.toCharArray()));
        return uri.build();
    }

    /** Its version, as {@code 7.0.15}; Valkey's own, and not that of the Redis it stands in for. */
    public String version() {
        try {
            return ask("INFO server")
                    .filter(line -> line.startsWith("redis_version:") || line.startsWith("valkey_version:"))
                    .map(line -> line.substring(line.indexOf(':') + 1))
                    .reduce((redis, valkey) -> valkey)
                    .orElseThrow();
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    /** Whether it was started and not stopped or killed since. */
    public boolean isRunning() {
        return process.isAlive();
    }

    /** Its port. */
    public int port() {
        return port;
    }

    /** Kills it and deletes its data. Idempotent. */
    @Override
    public void close() {
        kill();
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            files.map(Path::toFile).sorted(Comparator.reverseOrder()).forEach(File::delete);
        } catch (IOException left) {
            throw new UncheckedIOException(left);
        }
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("redis-server does not end");
            }
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private void awaitAnswer() {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        try {
            while (System.nanoTime() < until && !process.waitFor(10, TimeUnit.MILLISECONDS)) {
                try {
                    // not another one's that took the port meanwhile
                    String self = "process_id:" + process.pid();
                    if (ask("INFO server").anyMatch(line -> line.equals(self) || line.startsWith("-NOAUTH"))) {
                        return;
                    }
                } catch (IOException notYet) {
                    continue;
                }
            }
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
        throw new IllegalStateException("redis-server did not start: " + lastWords());
    }

    private String lastWords() {
        try (Stream<String> log = Files.lines(folder.resolve("redis.log"))) {
            List<String> lines = log.toList();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 3), lines.size()));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** The lines of its answer to a command, after the one to the password. */
    private Stream<String> ask(String command) throws IOException {
        String login = password().map(password -> "AUTH " + password + "\r\n").orElse("");
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write((login + command + "\r\nQUIT\r\n").getBytes(StandardCharsets.UTF_8));
            // a sentinel knows no QUIT
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines();
        }
    }

    private Optional<String> password() {
        int option = options.indexOf("--requirepass");
        return option < 0 ? Optional.empty() : Optional.of(options.get(option + 1));
    }

    private void signal(String name) {
        try {
            new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid())
                    .start()
                    .waitFor();
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    /**
     * Free, as is the port 10,000 above it, where the nodes of a cluster listen to each other. Both below the ports that clients are given:
     * one of them could else take the server's while it is down.
     */
    private static int freePort() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(10_000, 20_000);
            if (FreePort.isFree(port) && FreePort.isFree(port + 10_000)) {
                return port;
            }
        }
    }
}
