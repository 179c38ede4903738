package io.eventsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class FloodsTest {

    private final Deque<Runnable> seconds = new ArrayDeque<>();
    private final List<String> lines = new ArrayList<>();
    private final Floods floods = new Floods((delay, task) -> seconds.add(task));

    @Test
    void areTheFirstAtOnceAndThenALineASecond() {
        for (int i = 0; i < 10_000; i++) {
            happen("a", i);
        }
        assertThat(lines).containsExactly("a 0 of 1");

        pass();
        assertThat(lines).containsExactly("a 0 of 1", "a 9999 of 9999");

        happen("a", 7);
        pass();
        assertThat(lines).containsExactly("a 0 of 1", "a 9999 of 9999", "a 7 of 1");
    }

    @Test
    void beginAnewAfterASecondWithoutAny() {
        happen("a", 1);
        pass();
        assertThat(seconds).isEmpty();

        happen("a", 2);

        assertThat(lines).containsExactly("a 1 of 1", "a 2 of 1");
    }

    @Test
    void keepKindsApart() {
        happen("a", 1);
        happen("b", 2);
        happen("a", 3);

        assertThat(lines).containsExactly("a 1 of 1", "b 2 of 1");
    }

    @Test
    void areBoundedWhateverTheKinds() {
        for (int i = 0; i < 10_000; i++) {
            happen("kind " + i, i);
        }
        assertThat(lines).hasSize(Floods.MOST_KINDS + 1);

        pass();

        assertThat(lines)
                .hasSize(Floods.MOST_KINDS + 2)
                .last()
                .isEqualTo("kind 9999 9999 of " + (9999 - Floods.MOST_KINDS));
        assertThat(seconds).hasSize(1);
    }

    /** A second passes. */
    private void pass() {
        List<Runnable> due = List.copyOf(seconds);
        seconds.clear();
        due.forEach(Runnable::run);
    }

    private void happen(String kind, int which) {
        floods.add(kind, count -> lines.add(kind + " " + which + " of " + count));
    }
}
