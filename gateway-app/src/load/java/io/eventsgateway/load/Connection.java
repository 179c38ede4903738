package io.eventsgateway.load;

import io.eventsgateway.sse.SseReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** One client's stream and its books. Used by the thread of its loop. */
final class Connection implements SseReader.Listener {

    private final ClientLoop loop;
    private final int destination;
    private final Books books = new Books();
    private final SseReader events = new SseReader(this);
    private final ResponseDecoder response = new ResponseDecoder(events::feed);
    private final SocketChannel channel;
    private final long began = WallClock.micros();
    private ByteBuffer request;
    private int run;
    private State state = State.CONNECTING;

    /** How far a client has come. */
    enum State {
        CONNECTING,
        OPEN,
        REFUSED,
        CUT
    }

    /** @param source the address to come from, null for any */
    Connection(
            ClientLoop loop,
            Selector selector,
            int destination,
            InetSocketAddress server,
            @Nullable InetSocketAddress source,
            byte[] request)
            throws IOException {
        this.loop = loop;
        this.destination = destination;
        this.request = ByteBuffer.wrap(request);
        this.channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.bind(source);
        channel.connect(server);
        channel.register(selector, SelectionKey.OP_CONNECT, this);
    }

    State state() {
        return state;
    }

    /** Goes on with whatever the key is ready for. */
    void ready(SelectionKey key, ByteBuffer buffer) {
        try {
            if (key.isConnectable()) {
                channel.finishConnect();
                key.interestOps(SelectionKey.OP_WRITE);
            } else if (key.isWritable()) {
                channel.write(request);
                key.interestOps(request.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
            } else if (key.isReadable()) {
                read(buffer);
            }
        } catch (IOException failed) {
            end(failed.toString());
        }
    }

    private void read(ByteBuffer buffer) throws IOException {
        buffer.clear();
        int count = channel.read(buffer);
        loop.arrivedNow();
        int begin = buffer.arrayOffset();
        response.feed(buffer.array(), begin, begin + Math.max(0, count));
        if (state == State.CONNECTING && response.status() == 200) {
            state = State.OPEN;
            request = ByteBuffer.allocate(0);
            loop.opened(began);
        }
        if (count < 0 || response.ended() || response.status() > 200) {
            end(response.statusLine() + ", then the end");
        }
    }

    private void end(String reason) {
        if (state == State.CONNECTING) {
            state = State.REFUSED;
            loop.refused(reason);
        } else if (state == State.OPEN) {
            state = State.CUT;
            loop.cut();
        }
        close();
    }

    @Override
    public void frame(SseReader frame) {
        if (frame.hasData()) {
            event(frame.dataBytes(), frame.dataSize());
        }
    }

    private void event(byte[] data, int length) {
        long eventRun = Payload.number(data, length, 'r');
        if (eventRun != loop.runNumber() || Payload.number(data, length, 'c') != destination) {
            loop.strange();
            return;
        }
        if (run != loop.runNumber()) {
            run = loop.runNumber();
            books.clear();
        }
        books.enter((int) Payload.number(data, length, 'n'));
        loop.arrived(Payload.number(data, length, 't'));
    }

    /**
     * Adds its books of the run to the totals.
     *
     * @param sent events of the run, one destination after the other
     */
    void report(Totals totals, long sent, int destinations) {
        if (run != loop.runNumber()) {
            books.clear();
        }
        long expected = sent / destinations + (destination < sent % destinations ? 1 : 0);
        totals.add(books.lost(expected), books.twice(), books.reordered());
    }

    void close() {
        try {
            channel.close();
        } catch (IOException gone) {
            // what was wanted
        }
    }
}
