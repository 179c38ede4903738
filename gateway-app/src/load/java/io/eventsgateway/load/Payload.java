package io.eventsgateway.load;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * An event of the load, as JSON of a given size: the run it belongs to, when it was due, its number in its destination, the destination's own
 * number, padding. Immutable.
 */
final class Payload {

    private static final byte[] END = {'"', '}'};

    private final byte[] padding;

    /** @param size bytes; where an event needs more, it has more */
    Payload(int size) {
        padding = new byte[Math.max(size, END.length)];
        Arrays.fill(padding, (byte) 'x');
    }

    /** The event as ASCII. */
    byte[] encode(int run, long due, long number, int destination) {
        byte[] head = ("{\"r\":" + run + ",\"t\":" + due + ",\"n\":" + number + ",\"c\":" + destination + ",\"p\":\"")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] all = Arrays.copyOf(padding, Math.max(padding.length, head.length + END.length));
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(END, 0, all, all.length - END.length, END.length);
        return all;
    }

    /** The number after a one-letter name in the JSON at the beginning of some bytes; -1 when there is none. */
    static long number(byte[] json, int length, char name) {
        for (int at = 0; at + 3 < length; at++) {
            if (json[at] == '"' && json[at + 1] == name && json[at + 2] == '"' && json[at + 3] == ':') {
                return digits(json, at + 4, length);
            }
        }
        return -1;
    }

    private static long digits(byte[] json, int from, int to) {
        long value = 0;
        for (int at = from; at < to && json[at] >= '0' && json[at] <= '9'; at++) {
            value = 10 * value + json[at] - '0';
        }
        return value;
    }
}
