package io.eventsgateway.sse;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * The standard's algorithm step by step (HTML, sections 9.2.5 and 9.2.6), with the whole stream at hand, and the gateway's field {@code
 * destination}. What {@link SseReader} is held against.
 */
final class SseStandard {

    private static final BigInteger LONGEST = BigInteger.valueOf(Integer.MAX_VALUE);

    private final List<SseFrames.Frame> frames = new ArrayList<>();
    private final List<Long> retries = new ArrayList<>();
    private final StringBuilder data = new StringBuilder();
    private String eventType = "";
    private String lastEventId = "";
    private String destination = "";

    /** @param stream decoded as UTF-8 */
    SseStandard(String stream) {
        String rest = stream.startsWith("\uFEFF") ? stream.substring(1) : stream;
        // what stands behind the last line end is no line
        String[] lines = rest.split("\r\n|\n|\r", -1);
        for (int i = 0; i < lines.length - 1; i++) {
            interpret(lines[i]);
        }
    }

    private void interpret(String line) {
        if (line.isEmpty()) {
            dispatch();
        } else if (!line.startsWith(":")) {
            int colon = line.indexOf(':');
            String value = colon < 0 ? "" : line.substring(colon + 1);
            process(colon < 0 ? line : line.substring(0, colon), value.startsWith(" ") ? value.substring(1) : value);
        }
    }

    private void process(String field, String value) {
        switch (field) {
            case "event" -> eventType = value;
            case "data" -> data.append(value).append('\n');
            case "id" -> lastEventId = value.indexOf('\0') < 0 ? value : lastEventId;
            case "retry" -> {
                if (value.matches("[0-9]+")) {
                    retries.add(new BigInteger(value).min(LONGEST).longValue());
                }
            }
            case "destination" -> destination = value;
            default -> {
                // ignored
            }
        }
    }

    private void dispatch() {
        String all = data.isEmpty() ? null : data.substring(0, data.length() - 1);
        frames.add(new SseFrames.Frame(eventType.isEmpty() ? "message" : eventType, all, destination, lastEventId));
        data.setLength(0);
        eventType = "";
        destination = "";
    }

    List<SseFrames.Frame> frames() {
        return frames;
    }

    List<Long> retries() {
        return retries;
    }
}
