package io.eventsgateway;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A position in one destination's log, written {@code epoch.millis-sequence}.
 *
 * <p>Within an epoch the sequence counts 1, 2, 3, … without a hole and the milliseconds never fall, so a reader can tell a gap
 * from silence. A log that is made anew, after it had been emptied or had expired, has another epoch.
 *
 * @param epoch which life of the log, drawn at random, 1 to 2³²-1; 0 only in {@link #START}
 * @param millis when it was appended by the store's clock, milliseconds since 1970
 * @param sequence the number within the epoch, from 1; 0 is the position before the first
 */
public record EventId(long epoch, long millis, long sequence) {

    /** The position before everything, of a log in which nothing had been written yet. */
    public static final EventId START = new EventId(0, 0, 0);

    private static final long MAX_EPOCH = 0xFFFF_FFFFL;
    private static final long MAX_EXACT = 1L << 53;
    private static final Pattern FORM = Pattern.compile("([0-9a-z]{1,7})\\.([0-9]{1,15})-([0-9]{1,15})");

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
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return null;
        }
        long epoch = Long.parseLong(form.group(1), 36);
        return epoch > MAX_EPOCH
                ? null
                : new EventId(epoch, Long.parseLong(form.group(2)), Long.parseLong(form.group(3)));
    }

    /** The text of an epoch alone, as it stands in front of the dot. */
    public static String epochText(long epoch) {
        return Long.toString(epoch, 36);
    }

    /** Whether this id comes directly after the other one, with nothing between them. */
    public boolean follows(EventId other) {
        return epoch == other.epoch ? sequence == other.sequence + 1 : other.equals(START) && sequence == 1;
    }

    /** Whether both are of one epoch and this one is the other one or a later one. */
    public boolean isAtOrAfter(EventId other) {
        return epoch == other.epoch && sequence >= other.sequence;
    }

    /** The position directly before this id. */
    public EventId previous() {
        return new EventId(epoch, millis, sequence - 1);
    }

    @Override
    public String toString() {
        return epochText(epoch) + "." + millis + "-" + sequence;
    }
}
