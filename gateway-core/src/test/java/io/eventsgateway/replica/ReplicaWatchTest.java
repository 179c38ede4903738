package io.eventsgateway.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReplicaWatchTest {

    private final ReplicaWatch watch =
            new ReplicaWatch("own", Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofMillis(750), 0);
    private long now;

    /** What is concluded from beats that are seen some time after the last ones. */
    private Set<String> after(int millis, Map<String, String> beats) {
        now += Duration.ofMillis(millis).toNanos();
        return watch.answered(beats, now);
    }

    /** The last conclusion from the same beats, seen every quarter of a second. */
    private Set<String> during(int seconds, Map<String, String> beats) {
        Set<String> last = Set.of();
        for (int i = 0; i < 4 * seconds; i++) {
            last = after(250, beats);
        }
        return last;
    }

    private void isSeenToBeat() {
        after(250, Map.of("a", "6"));
        after(250, Map.of("a", "7"));
    }

    @Test
    void takesAReplicaForDeadThatHasBeatenAndIsMissedForASecond() {
        after(250, Map.of("own", "1", "a", "6", "b", "1"));
        after(250, Map.of("own", "2", "a", "7", "b", "2"));
        assertThat(after(250, Map.of("own", "3", "a", "7", "b", "3"))).isEmpty();
        assertThat(after(250, Map.of("own", "4", "a", "7", "b", "4"))).isEmpty();
        assertThat(after(250, Map.of("own", "5", "a", "7", "b", "5"))).isEmpty();
        assertThat(after(250, Map.of("own", "6", "a", "7", "b", "6"))).containsExactly("a");
        assertThat(after(250, Map.of("own", "7", "a", "7", "b", "7"))).containsExactly("a");
    }

    @Test
    void waitsLongerForAReplicaThatWasNotSeenToBeat() {
        after(250, Map.of("a", "7"));

        assertThat(during(4, Map.of("a", "7"))).isEmpty();
        assertThat(during(1, Map.of("a", "7"))).containsExactly("a");
    }

    @Test
    void neverTakesItselfForDead() {
        assertThat(during(8, Map.of("own", "same"))).isEmpty();
    }

    @Test
    void waitsLongerAfterAPauseOfItsOwn() {
        isSeenToBeat();

        assertThat(after(5_000, Map.of("a", "7"))).isEmpty();
        assertThat(during(4, Map.of("a", "7"))).isEmpty();
        assertThat(during(1, Map.of("a", "7"))).containsExactly("a");
    }

    @Test
    void takesAReplicaForAliveAgainThatBeats() {
        isSeenToBeat();
        assertThat(during(1, Map.of("a", "7"))).containsExactly("a");

        assertThat(after(250, Map.of("a", "8"))).isEmpty();
        assertThat(after(250, Map.of("a", "8"))).isEmpty();
    }

    @Test
    void forgetsAReplicaThatIsNotShownAnyMore() {
        isSeenToBeat();
        assertThat(during(1, Map.of("a", "7"))).containsExactly("a");

        assertThat(after(250, Map.of())).isEmpty();
        assertThat(during(1, Map.of("a", "7"))).isEmpty();
    }

    @Test
    void waitsTwiceAsLongForAReplicaThatWasTakenForDeadMoreThanOnceAndLived() {
        isSeenToBeat();
        assertThat(during(1, Map.of("a", "7"))).containsExactly("a");
        after(250, Map.of("a", "8"));
        assertThat(during(1, Map.of("a", "8"))).containsExactly("a");
        // not shown, as one that was removed, until it beats again
        after(250, Map.of());
        after(250, Map.of("a", "9"));
        after(250, Map.of("a", "10"));

        assertThat(during(1, Map.of("a", "10"))).isEmpty();
        assertThat(during(1, Map.of("a", "10"))).containsExactly("a");
        after(250, Map.of("a", "11"));
        assertThat(during(3, Map.of("a", "11"))).isEmpty();
        assertThat(during(1, Map.of("a", "11"))).containsExactly("a");
    }

    @Test
    void takesItForNoMistakeThatADeadReplicaIsFoundDeadAgainAfterAPause() {
        isSeenToBeat();
        assertThat(during(1, Map.of("a", "7"))).containsExactly("a");
        for (int pause = 0; pause < 3; pause++) {
            after(2_000, Map.of("a", "7"));
            during(4, Map.of("a", "7"));
            assertThat(during(1, Map.of("a", "7"))).containsExactly("a");
        }
    }

    @Test
    void forgetsMistakesAfterAMinute() {
        isSeenToBeat();
        for (int beat = 7; beat < 11; beat++) {
            after(250, Map.of("a", Integer.toString(beat)));
            during(4, Map.of("a", Integer.toString(beat)));
        }
        for (int beat = 11; beat < 11 + 4 * 61; beat++) {
            after(250, Map.of("a", Integer.toString(beat)));
        }

        assertThat(during(1, Map.of("a", "254"))).containsExactly("a");
    }
}
