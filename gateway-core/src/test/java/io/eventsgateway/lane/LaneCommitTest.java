package io.eventsgateway.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LaneCommitTest {

    private static final int TAGS = 256;
    private static final String TOPIC_ID = "AAAAAAAAAAAAAAAAAAAAAQ";
    /** What Kafka's brokers take by default. */
    private static final int MOST_BYTES = 4096;

    @Test
    void readsWhatItWrites() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            LaneCommit commit = random(random);

            LaneCommit read = LaneCommit.parse(commit.offset(), commit.metadata(), TAGS);

            assertThat(read).as("-Dseed=%d", seed).isEqualTo(commit);
            assertThat(commit.metadata()).hasSizeLessThanOrEqualTo(LaneCommit.MAX_LENGTH);
        }
    }

    /** Offsets of all sizes, and what was acknowledged near them, far from them and anywhere. */
    private static LaneCommit random(Random random) {
        long offset = random.nextLong() >>> 1 + random.nextInt(63);
        int near = random.nextInt(63);
        long[] known = random.longs(TAGS)
                .map(each -> random.nextBoolean() ? Math.max(0, offset - (each >>> 1 + near)) : each >>> 1)
                .toArray();
        return new LaneCommit(TOPIC_ID, offset, known);
    }

    @Test
    void isNeverLongerThanBrokersTake() {
        String longestName = "t".repeat(249);
        // what costs most: every distance of 63 bits
        LaneCommit longest = new LaneCommit(longestName, Long.MAX_VALUE, new long[TAGS]);

        assertThat(longest.metadata()).hasSize(LaneCommit.MAX_LENGTH);
        assertThat(LaneCommit.MAX_LENGTH).isLessThan(MOST_BYTES - 256);
        assertThat(longest.metadata().getBytes(StandardCharsets.UTF_8)).hasSize(LaneCommit.MAX_LENGTH);
        assertThat(LaneCommit.parse(Long.MAX_VALUE, longest.metadata(), TAGS)).isEqualTo(longest);
    }

    @Test
    void isShortForOrdinaryTraffic() {
        long offset = 3_000_000_000L;
        long[] known = new long[TAGS];
        Arrays.setAll(known, tag -> offset - 4L * tag);

        assertThat(new LaneCommit(TOPIC_ID, offset, known).metadata()).hasSizeLessThan(600);
    }

    @Test
    void countsWhatIsReadAgainAsTheOffset() {
        LaneCommit commit = new LaneCommit(TOPIC_ID, 5, new long[] {3, 9});

        assertThat(commit.known()).containsExactly(3, 5);
        assertThat(commit.metadata()).isEqualTo("v1 " + TOPIC_ID + " CA");
    }

    @Test
    void understandsNoOtherText() {
        String text = new LaneCommit(TOPIC_ID, 1000, new long[] {1000, 0, 990}).metadata();

        assertThat(LaneCommit.parse(1000, text, 3)).isNotNull();
        assertThat(LaneCommit.parse(999, text, 3)).as("of a higher offset").isNull();
        for (String other : new String[] {
            "",
            "1764184490000 topic=" + TOPIC_ID + " 17 0/0 1x2y.0 12:34",
            text + "A",
            text + " ",
            text.substring(0, text.length() - 1),
            text.substring(0, text.length() - 1) + "=",
            text.substring(0, text.length() - 1) + "\u00e9",
            text.replace("v1", "v2"),
            "v1  " + text.substring(text.lastIndexOf(' ') + 1),
        }) {
            assertThat(LaneCommit.parse(1000, other, 3)).as(other).isNull();
        }
        assertThat(LaneCommit.parse(1000, text, 2)).isNull();
        assertThat(LaneCommit.parse(1000, text, 4)).isNull();
        assertThat(LaneCommit.parse(Long.MAX_VALUE, "v1 t " + "g".repeat(12) + "I", 1))
                .as("64 bits")
                .isNull();
        assertThat(LaneCommit.parse(Long.MAX_VALUE, "v1 t " + "g".repeat(100_000) + "A", 1))
                .as("more bits than a number has")
                .isNull();
    }

    @Test
    void refusesWhatCannotBe() {
        assertThatThrownBy(() -> new LaneCommit(TOPIC_ID, -1, new long[] {0}))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new LaneCommit(TOPIC_ID, 1, new long[] {-1}))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new LaneCommit("a b", 1, new long[] {0})).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new LaneCommit("", 1, new long[] {0})).isInstanceOf(IllegalArgumentException.class);
    }
}
