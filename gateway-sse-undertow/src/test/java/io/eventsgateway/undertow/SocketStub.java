package io.eventsgateway.undertow;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.channels.StreamSinkChannel;

/** A socket that takes as many bytes as there is room. */
final class SocketStub {

    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private @Nullable ChannelListener<StreamSinkChannel> listener;
    int room = Integer.MAX_VALUE;
    boolean fails;

    /** Its end that is written to. */
    StreamSinkChannel sink() {
        return (StreamSinkChannel) Proxy.newProxyInstance(
                SocketStub.class.getClassLoader(),
                new Class<?>[] {StreamSinkChannel.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getWriteSetter" -> (ChannelListener.Setter<StreamSinkChannel>) set -> keep(set);
                    case "write" -> write((ByteBuffer) arguments[0]);
                    case "flush" -> flush();
                    default -> null;
                });
    }

    @SuppressWarnings("unchecked")
    private void keep(ChannelListener<? super StreamSinkChannel> set) {
        listener = (ChannelListener<StreamSinkChannel>) set;
    }

    private int write(ByteBuffer bytes) throws IOException {
        if (fails) {
            throw new IOException("broken");
        }
        int count = Math.min(room, bytes.remaining());
        for (int i = 0; i < count; i++) {
            taken.write(bytes.get());
        }
        room -= count;
        return count;
    }

    private boolean flush() throws IOException {
        if (fails) {
            throw new IOException("broken");
        }
        return room > 0;
    }

    /** Says that it takes bytes, or has broken. */
    void ready() {
        if (listener != null) {
            listener.handleEvent(null);
        }
    }

    /** What it has taken since the last call. */
    String taken() {
        String text = taken.toString(StandardCharsets.UTF_8);
        taken.reset();
        return text;
    }
}
