package io.eventsgateway.lane;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is committed of a lane: the offset at which reading goes on, and beside it what was acknowledged under each tag, for whoever takes the
 * lane over. Each commit is true for itself, so it does no harm that one arrives late or is committed again. Immutable.
 *
 * <p>The text is {@code v1 TOPIC DISTANCES}: by how much what was acknowledged is less than the offset, for each tag. A distance is written
 * in base 64, five bits a character, the lowest first; the sixth bit says that another character follows.
 */
public final class LaneCommit {

    /**
     * The longest text of {@link #metadata} for 256 tags: 13 characters for each distance below 2<sup>63</sup>, and 249 for a topic's
     * name where there is no id. Kafka takes 4,096 bytes ({@code offset.metadata.max.bytes}); the remainder is left to the consumer.
     */
    public static final int MAX_LENGTH = 256 * 13 + 249 + 4;

    private static final String VERSION = "v1";
    private static final String DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private static final int BITS = 5;
    private static final int MORE = 1 << BITS;

    private final String topicId;
    private final long offset;
    private final long[] known;

    /**
     * A commit.
     *
     * @param topicId as {@link Lane#topicId}
     * @param offset the next record's
     * @param known what was acknowledged under each tag; what is above the offset is read again and counts as the offset
     * @throws IllegalArgumentException if an offset is negative, or the id is empty or has a space
     */
    public LaneCommit(String topicId, long offset, long[] known) {
        if (offset < 0 || Arrays.stream(known).anyMatch(each -> each < 0)) {
            throw new IllegalArgumentException("offsets must be at least 0, got " + offset + " or less below it");
        }
        if (topicId.isEmpty() || topicId.indexOf(' ') >= 0) {
            throw new IllegalArgumentException("topic id must be a word, got \"" + topicId + "\"");
        }
        this.topicId = topicId;
        this.offset = offset;
        this.known = Arrays.stream(known).map(each -> Math.min(each, offset)).toArray();
    }

    /** The id of the topic that was read. */
    public String topicId() {
        return topicId;
    }

    /** The offset of the next record. */
    public long offset() {
        return offset;
    }

    /** What was acknowledged under each tag, at most the offset; a copy. */
    public long[] known() {
        return known.clone();
    }

    /** The text to be committed beside the offset: printable ASCII, at most {@link #MAX_LENGTH} characters. */
    public String metadata() {
        StringBuilder text =
                new StringBuilder(VERSION).append(' ').append(topicId).append(' ');
        for (long each : known) {
            write(text, offset - each);
        }
        return text.toString();
    }

    private static void write(StringBuilder text, long distance) {
        long rest = distance;
        while (rest >= MORE) {
            text.append(DIGITS.charAt((int) (rest & (MORE - 1)) | MORE));
            rest >>>= BITS;
        }
        text.append(DIGITS.charAt((int) rest));
    }

    /**
     * The commit whose text this is.
     *
     * @param offset the committed offset
     * @param metadata the text beside it
     * @param tags how many tags the store has
     * @return null for any other text, such as another version's
     */
    public static @Nullable LaneCommit parse(long offset, String metadata, int tags) {
        String[] words = metadata.split(" ", -1);
        if (words.length != 3 || !words[0].equals(VERSION) || words[1].isEmpty() || words[1].indexOf('/') >= 0) {
            return null;
        }
        String text = words[2];
        long[] known = new long[tags];
        int at = 0;
        for (int tag = 0; tag < tags; tag++) {
            long distance = 0;
            int shift = 0;
            int digit = MORE;
            while (digit >= MORE) {
                digit = at < text.length() ? DIGITS.indexOf(text.charAt(at++)) : -1;
                long part = digit & (MORE - 1);
                if (digit < 0 || shift >= Long.SIZE || part << shift >>> shift != part) {
                    return null;
                }
                distance |= part << shift;
                shift += BITS;
            }
            if (distance < 0 || distance > offset) {
                return null;
            }
            known[tag] = offset - distance;
        }
        return at == text.length() ? new LaneCommit(words[1], offset, known) : null;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LaneCommit that
                && topicId.equals(that.topicId)
                && offset == that.offset
                && Arrays.equals(known, that.known);
    }

    @Override
    public int hashCode() {
        return 31 * topicId.hashCode() + Arrays.hashCode(known);
    }

    @Override
    public String toString() {
        return offset + " " + metadata();
    }
}
