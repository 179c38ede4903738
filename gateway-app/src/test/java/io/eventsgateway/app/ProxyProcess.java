package io.eventsgateway.app;

import static io.eventsgateway.Await.await;

import io.eventsgateway.FreePort;
import io.eventsgateway.TestKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A real proxy in front of two replicas, with the very file of {@code docs/ingress} that an operator is shown, but for its ports, addresses
 * and paths. Used by one thread.
 */
final class ProxyProcess implements AutoCloseable {

    private static final Path SHOWN = Path.of("../docs/ingress");

    private final ProxyServer server;
    private final Path folder;
    private final Path shown;
    private final int clear = FreePort.any();
    private final int tls = FreePort.any();
    private Process process;

    /**
     * Starts it.
     *
     * @param file of {@code docs/ingress}
     * @param keys whose certificate it shows
     */
    ProxyProcess(ProxyServer server, String file, ProxiedReplicas replicas, TestKeys keys) {
        this.server = server;
        try {
            folder = Files.createTempDirectory("proxy");
            // some give up root's rights before they open their files
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
            String certificate = Files.readString(keys.certificateFile());
            String key = Files.readString(keys.keyFile());
            Files.writeString(folder.resolve("events.crt"), certificate);
            Files.writeString(folder.resolve("events.key"), key);
            Files.writeString(folder.resolve("events.pem"), certificate + key);
            shown = folder.resolve(file);
            Files.writeString(shown, fill(Files.readString(SHOWN.resolve(file)), replicas));
            Files.writeString(folder.resolve("main.conf"), server.main(folder, shown));
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        }
        start();
    }

    private String fill(String text, ProxiedReplicas replicas) {
        Map<String, String> own = Map.of(
                "gateway-1", replicas.address(0),
                "gateway-2", replicas.address(1),
                "8080", Integer.toString(replicas.port()),
                "8081", Integer.toString(replicas.managementPort()),
                "8000", Integer.toString(clear),
                "8443", Integer.toString(tls),
                "/etc/ssl/", folder + "/",
                "/run/haproxy/", folder + "/",
                // its port for commands is one for all
                "\n\tgrace_period", "\n\tadmin off\n\tgrace_period");
        Pattern any = Pattern.compile(String.join("|", own.keySet()));
        return any.matcher(text).replaceAll(found -> Matcher.quoteReplacement(own.get(found.group())));
    }

    /** Starts it, on the same ports as before, and waits until it lets clients through. */
    void start() {
        ProcessBuilder builder = new ProcessBuilder(server.command(folder, shown, clear))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("output.log").toFile()));
        builder.environment().put("HOME", folder.toString());
        builder.environment().put("XDG_CONFIG_HOME", folder.toString());
        builder.environment().put("XDG_DATA_HOME", folder.toString());
        builder.environment().merge("PATH", "/usr/sbin:/usr/local/sbin", (path, more) -> path + ":" + more);
        try {
            process = builder.start();
        } catch (IOException missing) {
            throw new UncheckedIOException(
                    server.name().toLowerCase(Locale.ROOT) + " can't be started; .ci/proxies installs it", missing);
        }
        Process started = process;
        Runtime.getRuntime().addShutdownHook(new Thread(() -> kill(started)));
        await(server + " to let clients through", () -> {
            if (!process.isAlive()) {
                throw new IllegalStateException(server + " ended with " + process.exitValue() + ":\n" + log());
            }
            return letsThrough();
        });
    }

    private boolean letsThrough() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), clear)) {
            socket.getOutputStream().write("GET /api/events/client.js HTTP/1.0\r\nHost: localhost\r\n\r\n".getBytes());
            return new String(socket.getInputStream().readAllBytes()).contains("javascript");
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Stops it as an operator does, and waits until it is gone. */
    void stop() {
        process.destroy();
        await(server + " to end", () -> !process.isAlive());
        await("its port", () -> FreePort.isFree(clear));
    }

    /** The way in: in the clear, or by TLS. */
    URI uri(boolean secure) {
        return URI.create(secure ? "https://localhost:" + tls + "/" : "http://127.0.0.1:" + clear + "/");
    }

    /** How many connections clients have to its port of TLS. */
    long secureConnections() {
        String own = String.format(Locale.ROOT, ":%04X", tls);
        return Stream.of("/proc/net/tcp", "/proc/net/tcp6")
                .map(Path::of)
                .flatMap(ProxyProcess::lines)
                .map(line -> line.strip().split(" +"))
                .filter(fields -> fields[1].endsWith(own) && fields[3].equals("01"))
                .count();
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException none) {
            throw new UncheckedIOException(none);
        }
    }

    private String log() {
        return Stream.of("output.log", "error.log")
                .map(folder::resolve)
                .filter(Files::exists)
                .flatMap(ProxyProcess::lines)
                .reduce("", (all, line) -> all + line + "\n");
    }

    private static void kill(Process started) {
        List<ProcessHandle> workers = started.descendants().toList();
        started.destroyForcibly();
        workers.forEach(ProcessHandle::destroyForcibly);
    }

    @Override
    public void close() {
        kill(process);
        try {
            process.waitFor(60, TimeUnit.SECONDS);
            try (Stream<Path> files = Files.walk(folder)) {
                files.sorted((a, b) -> b.compareTo(a))
                        .forEach(file -> file.toFile().delete());
            }
        } catch (IOException | InterruptedException unusable) {
            throw new IllegalStateException(unusable);
        }
    }
}
