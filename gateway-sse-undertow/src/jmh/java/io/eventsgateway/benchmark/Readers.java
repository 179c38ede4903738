package io.eventsgateway.benchmark;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Clients of one event stream each, which count the events that have come whole; all by the one thread that waits for them. */
final class Readers implements AutoCloseable {

    /** For events: what else comes, such as a heartbeat, does not renew it. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    /** Where the id of an event begins whose data is a JSON object; no other bytes of a stream. */
    private static final byte[] END = {'}', '\n', 'i', 'd', ':'};

    private final Selector selector = Selector.open();
    private final ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
    private final List<Reader> readers = new ArrayList<>();
    private long events;

    /** Connects so many clients that ask for a path. */
    Readers(int clients, int port, String path) throws IOException {
        byte[] request = ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < clients; i++) {
            SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
            channel.write(ByteBuffer.wrap(request));
            channel.configureBlocking(false);
            Reader reader = new Reader(channel);
            readers.add(reader);
            channel.register(selector, SelectionKey.OP_READ, reader);
        }
    }

    /** Reads until so many events have come to each client on average. */
    void await(long expected) throws IOException {
        long begun = System.nanoTime();
        while (events < expected * readers.size()) {
            selector.select(1000);
            if (System.nanoTime() - begun > PATIENCE_NANOS) {
                throw new IllegalStateException(
                        events + " events came to " + readers.size() + " clients, not " + expected + " to each");
            }
            for (SelectionKey ready : selector.selectedKeys()) {
                ((Reader) ready.attachment()).read();
            }
            selector.selectedKeys().clear();
        }
    }

    /** Fails unless each client got so many events. */
    void check(long expected) {
        for (Reader reader : readers) {
            if (reader.own != expected) {
                throw new IllegalStateException("a client got " + reader.own + " events of " + expected);
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (Reader reader : readers) {
            reader.channel.close();
        }
        selector.close();
    }

    /** One client. */
    private final class Reader {
        private final SocketChannel channel;
        private int matched;
        private long own;

        Reader(SocketChannel channel) {
            this.channel = channel;
        }

        void read() throws IOException {
            buffer.clear();
            if (channel.read(buffer) < 0) {
                throw new EOFException("a stream ended after " + own + " events");
            }
            for (int i = 0; i < buffer.position(); i++) {
                byte b = buffer.get(i);
                matched = b == END[matched] ? matched + 1 : b == END[0] ? 1 : 0;
                if (matched == END.length) {
                    matched = 0;
                    own++;
                    events++;
                }
            }
        }
    }
}
