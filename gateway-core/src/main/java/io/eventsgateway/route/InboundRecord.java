package io.eventsgateway.route;

import io.eventsgateway.Source;
import io.eventsgateway.topic.Feed;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A record as it came from Kafka. Its bytes are not copied and must not be changed.
 *
 * @param feed the feed it came by
 * @param source where it stood
 * @param key the id of its destination in UTF-8; null for none
 * @param value what it says; null for a tombstone
 * @param headers its headers in their order
 * @param timestamp when it was sent, as it says itself or its broker does, milliseconds since 1970; negative where it is not known
 */
public record InboundRecord(
        Feed feed,
        Source source,
        byte @Nullable [] key,
        byte @Nullable [] value,
        List<Header> headers,
        long timestamp) {

    static final int MAX_HEADER = 1024;

    private static final Pattern TRACEPARENT =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    /** A header of a record; its value may be null. */
    public record Header(String name, byte @Nullable [] value) {}

    /** Copies the list of headers. */
    public InboundRecord {
        headers = List.copyOf(headers);
    }

    /** A record of which it is not known when it was sent. */
    public InboundRecord(
            Feed feed, Source source, byte @Nullable [] key, byte @Nullable [] value, List<Header> headers) {
        this(feed, source, key, value, headers, -1);
    }

    /** A record that could not be read: only where it stood is known. */
    public static InboundRecord unread(Feed feed, Source source) {
        return new InboundRecord(feed, source, null, null, List.of());
    }

    /**
     * The last header of a name as text; null where there is none, or it has no value. Of a value of more than {@value #MAX_HEADER}
     * bytes, which no header that means something here has, these are what is returned.
     */
    public @Nullable String header(String name) {
        byte[] value = headerBytes(name);
        return value == null ? null : new String(value, 0, Math.min(value.length, MAX_HEADER), StandardCharsets.UTF_8);
    }

    byte @Nullable [] headerBytes(String name) {
        for (int i = headers.size() - 1; i >= 0; i--) {
            if (headers.get(i).name().equals(name)) {
                return headers.get(i).value();
            }
        }
        return null;
    }

    /** The header {@code traceparent} (W3C Trace Context, 3.2.2); null where there is none of that form. */
    public @Nullable String traceparent() {
        String value = header("traceparent");
        return value != null && TRACEPARENT.matcher(value).matches() ? value : null;
    }
}
