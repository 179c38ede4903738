package io.eventsgateway.hub;

import io.eventsgateway.Payload;
import io.eventsgateway.log.Gap;
import io.eventsgateway.sse.SseFrame;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What one stream sends: each frame with the position it leads to, and the position alone where no frame has carried it. Owned by
 * the stream's executor.
 */
final class StreamOutput {

    private final Subscriber subscriber;
    private final StreamReaders readers;
    private boolean room = true;
    private boolean moved;
    private int sent;

    StreamOutput(Subscriber subscriber, StreamReaders readers) {
        this.subscriber = subscriber;
        this.readers = readers;
    }

    /** Whether the subscriber takes more. */
    boolean hasRoom() {
        return room;
    }

    void roomIsBack() {
        room = true;
    }

    /** The positions have moved, and no frame has said so yet. */
    void moved() {
        moved = true;
    }

    void send(DestinationReader reader, SseFrame frame) {
        if (readers.isSingle()) {
            deliver(frame.whole());
        } else {
            deliver(frame.body(), tail(reader));
        }
    }

    void reset(DestinationReader reader, Gap gap) {
        Payload reason = Payload.of(("{\"reason\":\"" + gap.reason() + "\"}").getBytes(StandardCharsets.UTF_8));
        send(reader, SseFrame.of(readers.isSingle() ? readers.cursor() : null, "reset", reason));
    }

    void sendPart(ByteBuffer... part) {
        room &= subscriber.deliverPart(part);
    }

    /** Sends the rest of an event that was sent in parts. */
    void sendEnd(DestinationReader reader, ByteBuffer... rest) {
        ByteBuffer[] parts = Arrays.copyOf(rest, rest.length + 1);
        parts[rest.length] = tail(reader);
        deliver(parts);
    }

    private ByteBuffer tail(DestinationReader reader) {
        return SseFrame.tail(
                readers.cursor(),
                readers.isSingle() ? null : reader.destination().path());
    }

    private void deliver(ByteBuffer... frame) {
        room &= subscriber.deliver(frame);
        moved = false;
        sent++;
    }

    /**
     * Lets out what was sent.
     *
     * @param betweenEvents whether a position may stand alone here
     * @return how many frames were sent since the last call
     */
    int flush(boolean betweenEvents) {
        if (moved && betweenEvents) {
            moved = false;
            subscriber.position(readers.cursor());
        }
        subscriber.flush();
        int frames = sent;
        sent = 0;
        return frames;
    }
}
