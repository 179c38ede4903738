package io.eventsgateway.app;

import io.eventsgateway.sse.SseReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A client that takes little or nothing for a while, and then everything. Its thread reads, one other may ask. */
final class SlowClient implements AutoCloseable {

    private static final String NUMBER = "{\"n\":";

    /** An event may be as large as the largest; its number is at its beginning. */
    private static final int BEGINNING = 40;

    private final Socket socket = new Socket();
    private final int bytesPerSecond;

    // owned by the thread that reads
    private final SseReader reader = new SseReader(this::take, BEGINNING);

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
        try (InputStream in = socket.getInputStream()) {
            byte[] some = new byte[8192];
            while (true) {
                while (bytesPerSecond == 0 && !hurry) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                }
                int count = in.read(some, 0, hurry ? some.length : 1024);
                if (count < 0) {
                    return;
                }
                reader.feed(some, 0, count);
                if (!hurry) {
                    LockSupport.parkNanos(count * 1_000_000_000L / bytesPerSecond);
                }
            }
        } catch (IOException closed) {
            // as it was asked to
        }
    }

    private void take(SseReader frame) {
        String beginning = frame.data();
        if (beginning.startsWith(NUMBER)) {
            long number = Long.parseLong(beginning, NUMBER.length(), beginning.indexOf(','), 10);
            wrong += number == expected ? 0 : 1;
            longest = Math.max(longest, (int) frame.dataLength());
            expected = number + 1;
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

    /** How many bytes of data the longest event had. */
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
