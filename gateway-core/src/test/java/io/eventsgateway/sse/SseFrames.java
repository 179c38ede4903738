package io.eventsgateway.sse;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** What an event stream said, read as its clients read it. One thread feeds it, any may ask. */
public final class SseFrames implements SseReader.Listener {

    private final SseReader reader = new SseReader(this);
    private final List<Frame> all = new CopyOnWriteArrayList<>();
    private final List<Long> retries = new CopyOnWriteArrayList<>();
    private volatile int comments;
    private volatile int events;

    /**
     * One of its frames.
     *
     * @param data null where it is no event, but a position
     * @param destination empty on streams of one
     * @param lastEventId the position behind it
     */
    public record Frame(String name, @Nullable String data, String destination, String lastEventId) {

        /** An event as its name and data. */
        @Override
        public String toString() {
            return name + " " + data;
        }
    }

    /** Without anything said yet. */
    public SseFrames() {}

    /** What a whole text says. */
    public static SseFrames of(String text) {
        SseFrames frames = new SseFrames();
        frames.feed(text);
        return frames;
    }

    /** Reads until so many events have come, or the stream ends. */
    public static SseFrames read(InputStream in, int events) throws IOException {
        SseFrames frames = new SseFrames();
        byte[] next = new byte[1];
        while (frames.events < events && in.read(next) >= 0) {
            frames.reader.feed(next, 0, 1);
        }
        return frames;
    }

    /** Takes the next piece. */
    public void feed(String piece) {
        feed(ByteBuffer.wrap(piece.getBytes(StandardCharsets.UTF_8)));
    }

    /** Takes the next piece. */
    public void feed(ByteBuffer piece) {
        reader.feed(piece);
    }

    @Override
    public void frame(SseReader frame) {
        events += frame.hasData() ? 1 : 0;
        all.add(new Frame(
                frame.name(), frame.hasData() ? frame.data() : null, frame.destination(), frame.lastEventId()));
    }

    @Override
    public void retry(long millis) {
        retries.add(millis);
    }

    @Override
    public void comment() {
        comments++;
    }

    /** All frames, in their order. */
    public List<Frame> all() {
        return all;
    }

    /** The frames that are events. */
    public List<Frame> events() {
        return all.stream().filter(each -> each.data() != null).toList();
    }

    /** The events as their names and data. */
    public List<String> texts() {
        return events().stream().map(Frame::toString).toList();
    }

    /** The data of the events. */
    public List<String> data() {
        return events().stream().map(each -> String.valueOf(each.data())).toList();
    }

    /** The positions, each once. */
    public List<String> positions() {
        return all.stream().map(Frame::lastEventId).distinct().toList();
    }

    /** The last position; empty before the first. */
    public String lastEventId() {
        return all.isEmpty() ? "" : all.get(all.size() - 1).lastEventId();
    }

    /** The times to come back. */
    public List<Long> retries() {
        return retries;
    }

    /** How many comments there were. */
    public int comments() {
        return comments;
    }
}
