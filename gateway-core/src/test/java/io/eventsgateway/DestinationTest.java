package io.eventsgateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationTest {

    private static final int COUNT = 5_000;

    /** A map of objects that can't be compared searches all of one hash code one by one: some 200 times as long. */
    @Test
    void costsAboutTheSameInAMapWhateverItsHashCode() {
        List<Destination> alike = destinations(DestinationTest::ofOneHash);
        List<Destination> different = destinations(i -> ofOneHash(i).replace('B', 'C'));
        assertThat(alike.stream().map(Destination::hashCode).distinct()).hasSize(1);
        assertThat(different.stream().map(Destination::hashCode).distinct()).hasSizeGreaterThan(2_500);

        long usual = fastest(different);
        long worst = fastest(alike);

        assertThat(worst / Math.max(1, usual)).as("how many times as long").isLessThan(60);
    }

    /** Of many rounds, each shorter than the time slice of a process, some are not interrupted by others. */
    private static long fastest(List<Destination> destinations) {
        return IntStream.range(0, 50).mapToLong(i -> fill(destinations)).min().orElseThrow();
    }

    private static long fill(List<Destination> destinations) {
        Map<Destination, Boolean> map = new ConcurrentHashMap<>();
        long from = System.nanoTime();
        destinations.forEach(each -> map.computeIfAbsent(each, any -> true));
        long taken = System.nanoTime() - from;
        assertThat(map).hasSize(COUNT);
        return taken;
    }

    private static List<Destination> destinations(IntFunction<String> id) {
        List<Destination> all = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            all.add(new Destination("acme", "view", id.apply(i)));
        }
        return all;
    }

    /** {@code Aa} and {@code BB} have one hash code, and so has what is made of either in any order. */
    private static String ofOneHash(int number) {
        StringBuilder id = new StringBuilder();
        for (int bit = 0; bit < 16; bit++) {
            id.append((number >> bit & 1) == 0 ? "Aa" : "BB");
        }
        return id.toString();
    }

    @Test
    void isOrderedByAllItsParts() {
        assertThat(List.of(
                        new Destination("b", "view", "2"),
                        new Destination("a", "view", "2"),
                        new Destination("c", "view", "1"),
                        new Destination("d", "user", "3")))
                .isSortedAccordingTo((one, other) -> other.compareTo(one));
        assertThat(new Destination("a", "view", "1")).isEqualByComparingTo(new Destination("a", "view", "1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "view", "process-instance", "a-1-b", "0", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})
    void takesTypes(String type) {
        assertThat(new Destination("a", type, "1").path()).isEqualTo(type + "/1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "-a",
                "a-",
                "a--b",
                "A",
                "a_b",
                "a.b",
                "ä",
                "a b",
                "a/b",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            })
    void refusesWhatIsNoType(String type) {
        assertThatThrownBy(() -> new Destination("a", type, "1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("destination type must be");
    }
}
