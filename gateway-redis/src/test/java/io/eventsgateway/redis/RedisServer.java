package io.eventsgateway.redis;

import io.lettuce.core.RedisURI;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import redis.embedded.core.ExecutableProvider;

/** A real Redis as a process of its own on a free port, for tests. Used by one thread. */
public final class RedisServer implements AutoCloseable {

    private final String executable;
    private final List<String> options;
    private final int port;
    private final Path folder;
    private Process process;

    private RedisServer(String executable, String... options) {
        this.executable = executable;
        this.options = List.of(options);
        this.port = freePort();
        try {
            this.folder = Files.createTempDirectory("redis");
        } catch (IOException noFolder) {
            throw new UncheckedIOException(noFolder);
        }
        start();
    }

    /** Redis 6.2, whose executable comes with a Maven artifact. */
    public static RedisServer bundled(String... options) {
        try {
            File executable = ExecutableProvider.newJarResourceProvider().get();
            return new RedisServer(executable.getPath(), options);
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        }
    }

    /** The Redis that is installed, 7.0 or later. */
    public static RedisServer installed(String... options) {
        for (String folder : System.getenv("PATH").split(File.pathSeparator)) {
            File executable = new File(folder, "redis-server");
            if (executable.canExecute()) {
                return new RedisServer(executable.getPath(), options);
            }
        }
        throw new IllegalStateException(
                "this test needs redis-server 7.0 or later on the PATH; Debian: apt-get install redis-server");
    }

    /** Starts it, after it was stopped, on the same port; with its data if it was not killed. */
    public void start() {
        List<String> command = new ArrayList<>(List.of(
                executable, "--port", Integer.toString(port), "--bind", "127.0.0.1", "--dir", folder.toString()));
        command.addAll(List.of("--save", "", "--appendonly", "yes", "--appendfsync", "no"));
        command.addAll(options);
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("redis.log").toFile())
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        }
        awaitPong();
    }

    /** Stops it; its data stays. */
    public void stop() {
        process.destroy();
        awaitEnd();
    }

    /** Kills it. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** Where it is. */
    public RedisURI uri() {
        return RedisURI.builder().withHost("127.0.0.1").withPort(port).build();
    }

    /** Its port. */
    public int port() {
        return port;
    }

    @Override
    public void close() {
        kill();
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

    private void awaitPong() {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (System.nanoTime() < until && process.isAlive()) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
                if (socket.getInputStream().read() == '+') {
                    return;
                }
            } catch (IOException notYet) {
                Thread.onSpinWait();
            }
        }
        throw new IllegalStateException("redis-server did not start; its log is " + folder.resolve("redis.log"));
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException none) {
            throw new UncheckedIOException(none);
        }
    }
}
