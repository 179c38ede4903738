package io.eventsgateway.app;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A client that takes little or nothing for a while, and then everything. Its thread reads, one other may ask. */
final class SlowClient implements AutoCloseable {

    private final Socket socket = new Socket();
    private final int bytesPerSecond;
    private volatile boolean hurry;
    private volatile long expected;
    private volatile long wrong;
    private volatile int longest;

    /** @param bytesPerSecond how much to take; 0 for nothing */
    SlowClient(URI uri, int bytesPerSecond) {
        this.bytesPerSecond = bytesPerSecond;
        try {
            socket.setReceiveBufferSize(8 * 1024);
            socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()));
            String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
            String request = "GET " + uri.getRawPath() + query + " HTTP/1.0\r\nHost: gateway\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException refused) {
            throw new IllegalStateException(refused);
        }
        Thread thread = new Thread(this::read, "slow-client");
        thread.setDaemon(true);
        thread.start();
    }

    private void read() {
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8), 1024)) {
            while (true) {
                while (bytesPerSecond == 0 && !hurry) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                }
                String line = in.readLine();
                if (line == null) {
                    return;
                }
                if (line.startsWith("data: {\"n\":")) {
                    long number = Long.parseLong(line, 11, line.indexOf(','), 10);
                    wrong += number == expected ? 0 : 1;
                    longest = Math.max(longest, line.length());
                    expected = number + 1;
                }
                if (!hurry) {
                    LockSupport.parkNanos(line.length() * 1_000_000_000L / bytesPerSecond);
                }
            }
        } catch (IOException closed) {
            // as it was asked to
        }
    }

    /** From now on it takes all there is. */
    void hurry() {
        hurry = true;
    }

    /** How many events came, in order and each once. */
    long expected() {
        return expected;
    }

    /** How often an event was not the one to come. */
    long wrong() {
        return wrong;
    }

    /** How many characters the longest event had, with its field's name. */
    int longest() {
        return longest;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException unclosed) {
            throw new IllegalStateException(unclosed);
        }
    }
}
