package io.eventsgateway.route;

import io.eventsgateway.Source;
import io.eventsgateway.topic.Feed;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record as it came from Kafka. Its bytes are not copied and must not be changed.
 *
 * @param feed the feed it came by
 * @param source where it stood
 * @param key the id of its destination in UTF-8; null for none
 * @param value what it says; null for a tombstone
 * @param headers its headers in their order
 */
public record InboundRecord(
        Feed feed, Source source, byte @Nullable [] key, byte @Nullable [] value, List<Header> headers) {

    /** A header of a record; its value may be null. */
    public record Header(String name, byte @Nullable [] value) {}

    /** Copies the list of headers. */
    public InboundRecord {
        headers = List.copyOf(headers);
    }

    /** The last header of a name as text; null where there is none, or it has no value. */
    public @Nullable String header(String name) {
        for (int i = headers.size() - 1; i >= 0; i--) {
            byte[] value = headers.get(i).value();
            if (headers.get(i).name().equals(name)) {
                return value == null ? null : new String(value, StandardCharsets.UTF_8);
            }
        }
        return null;
    }
}
