package io.eventsgateway.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A server as a process of its own, from its start until it is closed; it does not outlive this JVM. Used by one thread. */
final class ServerProcess implements AutoCloseable {

    private static final long RETRY_NANOS = 5_000_000;
    private static final long PATIENCE_SECONDS = 60;

    private final int port;
    private final Path log;
    private final Process process;
    private final Thread end;
    private final double secondsToFirstStream;

    /**
     * Starts it and returns when it has answered a request for an event stream.
     *
     * @param path of the stream that is tried
     * @param token to bring, null for none
     */
    ServerProcess(
            List<String> command, Map<String, String> environment, int port, String path, @Nullable String token) {
        this.port = port;
        ProcessBuilder builder = new ProcessBuilder(OwnSession.of(command)).redirectErrorStream(true);
        builder.environment().putAll(environment);
        try {
            log = Files.createTempFile("load", ".log");
            builder.redirectOutput(log.toFile());
            long began = System.nanoTime();
            process = builder.start();
            end = new Thread(process::destroyForcibly);
            Runtime.getRuntime().addShutdownHook(end);
            awaitStream(path, token);
            secondsToFirstStream = (System.nanoTime() - began) / 1e9;
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        }
    }

    private void awaitStream(String path, @Nullable String token) throws IOException {
        String authorization = token == null ? "" : "Authorization: Bearer " + token + "\r\n";
        String request = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + authorization
                + "Accept: text/event-stream\r\n\r\n";
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!answers(request)) {
            if (!process.isAlive() || System.nanoTime() > until) {
                String told = Files.readString(log);
                close();
                throw new IllegalStateException("no event stream from the server; its log:\n" + told);
            }
            LockSupport.parkNanos(RETRY_NANOS);
        }
    }

    private boolean answers(String request) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            byte[] status = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
            return new String(status, StandardCharsets.US_ASCII).endsWith(" 200");
        } catch (IOException notYet) {
            return false;
        }
    }

    /** From the process' start until the headers of the first event stream. */
    double secondsToFirstStream() {
        return secondsToFirstStream;
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** Asks it to stop; kills it when it does not. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
        Runtime.getRuntime().removeShutdownHook(end);
        log.toFile().delete();
    }
}
