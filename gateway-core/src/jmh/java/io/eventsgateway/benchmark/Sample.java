package io.eventsgateway.benchmark;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.Payload;
import io.eventsgateway.Source;
import io.eventsgateway.log.Entry;
import io.eventsgateway.route.InboundRecord;
import io.eventsgateway.route.InboundRecord.Header;
import io.eventsgateway.route.Organisations;
import io.eventsgateway.topic.Feed;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Records and events as a process engine sends them, of a given size. Any thread may call. */
public final class Sample {

    /** The organisation of all of them. */
    public static final String ORGANISATION = "8d2b6c1e-0f4a-4a53-9b27-6f1c1d3e5a70";

    private static final String ID = "5f24c66f-04a7-433a-b64a-a765d3b8121a";
    private static final String MEMBER = "\"step_%02d\":{\"label\":\"Check the order\",\"node\":%d,\"done\":true},";

    private Sample() {}

    /** A process instance's destination, another for each number. */
    public static Destination destination(int number) {
        return new Destination(ORGANISATION, "process-instance", ID + number);
    }

    /** An event with JSON data of so many bytes on one line. */
    public static Event event(int size) {
        return event(json(size));
    }

    /** An event with JSON data of so many bytes on many lines, as a printer for people writes it. */
    public static Event eventOfLines(int size) {
        return event(json(size).replace("}, ", "},\n"));
    }

    /** An entry from partition 0, whose offsets must go up. */
    public static Entry entry(Destination destination, Event event, long offset) {
        return new Entry(destination, event, new Source("messages", "5Y7hQ2mVQyqk0cXb1uT9Lw", 0, offset), null);
    }

    /** A record whose value of so many bytes is an envelope. */
    public static InboundRecord envelope(int size) {
        String begin = "{\"destination\":{\"type\":\"process-instance\",\"id\":\"" + ID + "\"},"
                + "\"event\":\"processMetadata\",\"data\":";
        return in(begin + json(size - begin.length() - 1) + "}");
    }

    /** A record whose value of so many bytes is its event's data, and its key the destination's id. */
    public static InboundRecord plain(int size) {
        return in(json(size));
    }

    private static Event event(String json) {
        return Event.message("processMetadata", Payload.of(json.getBytes(StandardCharsets.UTF_8)));
    }

    private static InboundRecord in(String value) {
        return new InboundRecord(
                Feed.ENGINE_MESSAGE,
                new Source("messages", "5Y7hQ2mVQyqk0cXb1uT9Lw", 0, 4711),
                ID.getBytes(StandardCharsets.UTF_8),
                value.getBytes(StandardCharsets.UTF_8),
                List.of(new Header(Organisations.HEADER, ORGANISATION.getBytes(StandardCharsets.UTF_8))));
    }

    private static String json(int size) {
        String end = "\"note\":\"\"}";
        StringBuilder json = new StringBuilder("{");
        for (int i = 0; json.length() + MEMBER.length() + end.length() + 4 < size; i++) {
            json.append(MEMBER.formatted(i, 662_800 + i)).append(' ');
        }
        String rest = "x".repeat(size - json.length() - end.length());
        return json.append(end, 0, 8).append(rest).append("\"}").toString();
    }
}
