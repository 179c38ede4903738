package io.eventsgateway;

import org.jspecify.annotations.Nullable;

/**
 * A position in one destination's log, written {@code epoch.millis-sequence}.
 *
 * <p>Within an epoch the sequence counts 1, 2, 3, … without a hole and the milliseconds never fall, so a reader can tell a gap
 * from silence. A log that is made anew, after it had been emptied or had expired, has another epoch; one that lost its end goes on
 * in the same epoch, by ids that other events may have had.
 *
 * @param epoch which life of the log, drawn at random, 1 to 2³²-1; 0 only in {@link #START}
 * @param millis when it was appended by the store's clock, milliseconds since 1970
 * @param sequence the number within the epoch, from 1; 0 only in {@link #START}
 */
public record EventId(long epoch, long millis, long sequence) {

    /** The position before everything, of a log in which nothing had been written yet. */
    public static final EventId START = new EventId(0, 0, 0);

    private static final String START_TEXT = "0.0-0";
    private static final long MAX_EPOCH = 0xFFFF_FFFFL;
    private static final long MAX_EXACT = 1L << 53;
    private static final int EPOCH_RADIX = 36;
    private static final int MAX_EPOCH_DIGITS = 7;
    private static final int MAX_DIGITS = 15;

    /** @throws IllegalArgumentException if a part is out of its bounds */
    public EventId {
        if (epoch < 0
                || epoch > MAX_EPOCH
                || millis < 0
                || millis > MAX_EXACT
                || sequence < 0
                || sequence > MAX_EXACT) {
            throw new IllegalArgumentException("event id out of bounds: " + epoch + "." + millis + "-" + sequence);
        }
    }

    /** Reads what {@link #toString} wrote; null when the text is anything else. */
    public static @Nullable EventId parse(CharSequence text) {
        int dot = 0;
        while (dot < text.length() && text.charAt(dot) != '.') {
            dot++;
        }
        int dash = dot;
        while (dash < text.length() && text.charAt(dash) != '-') {
            dash++;
        }
        long epoch = number(text, 0, dot, MAX_EPOCH_DIGITS, EPOCH_RADIX);
        long millis = number(text, dot + 1, dash, MAX_DIGITS, 10);
        long sequence = number(text, dash + 1, text.length(), MAX_DIGITS, 10);
        return epoch < 0 || epoch > MAX_EPOCH || millis < 0 || sequence < 0
                ? null
                : new EventId(epoch, millis, sequence);
    }

    /** The number between two indexes, of lower-case ASCII digits; -1 for anything else. */
    private static long number(CharSequence text, int from, int to, int maxDigits, int radix) {
        if (to <= from || to - from > maxDigits) {
            return -1;
        }
        long number = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'z' ? c - 'a' + 10 : radix;
            if (digit >= radix) {
                return -1;
            }
            number = number * radix + digit;
        }
        return number;
    }

    /** The text of an epoch alone, as it stands in front of the dot. */
    public static String epochText(long epoch) {
        return Long.toString(epoch, EPOCH_RADIX);
    }

    /** Whether both are of one epoch and this one is the other one or a later one. */
    public boolean isAtOrAfter(EventId other) {
        return epoch == other.epoch && sequence >= other.sequence;
    }

    @Override
    public String toString() {
        // of most idle streams, each of which keeps it
        return equals(START) ? START_TEXT : epochText(epoch) + "." + millis + "-" + sequence;
    }
}
