package io.eventsgateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CursorTest {

    @Test
    void writesOnePositionAsItsOwnText() {
        List<Destination> one = destinations(1);
        EventId position = new EventId(0xFFFF_FFFFL, 1_790_000_000_000L, 42);

        String text = Cursor.write(one, List.of(position));

        assertThat(text).isEqualTo("1z141z3.1790000000000-42").matches("[0-9A-Za-z._-]{1,128}");
        assertThat(Cursor.read(one, text)).containsExactly(position);
    }

    @Test
    void readsWhatItWroteForSeveral() {
        Random random = new Random(7);
        for (int count = 2; count <= 65; count++) {
            List<Destination> several = destinations(count);
            List<EventId> positions = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                positions.add(
                        random.nextInt(5) == 0
                                ? EventId.START
                                : new EventId(
                                        random.nextLong(1, 1L << 32),
                                        1_790_000_000_000L + random.nextInt(),
                                        random.nextLong(1L << 50)));
            }

            assertThat(Cursor.read(several, Cursor.write(several, positions))).isEqualTo(positions);
        }
    }

    @Test
    void keepsSixtyFourDestinationsOfTwoOrganisationsWithinAKibibyteAtTheLongestRetention() {
        List<Destination> several = destinations(128);
        List<EventId> positions = new ArrayList<>();
        long remembered = Duration.ofDays(6 * 365).toMillis();
        for (int i = 0; i < 64; i++) {
            positions.add(new EventId(0xFFFF_FFFFL - i, 1_790_000_000_000L - i * remembered / 63, 4_000_000));
            positions.add(EventId.START);
        }

        assertThat(Cursor.read(several, Cursor.write(several, positions))).isEqualTo(positions);
        assertThat(Cursor.write(several, positions))
                .hasSizeLessThanOrEqualTo(1024)
                .matches("[0-9A-Za-z._-]+");
    }

    @Test
    void readsNothingIntoTextsOfOthers() {
        List<Destination> two = destinations(2);
        String text = Cursor.write(two, List.of(new EventId(1, 2, 3), new EventId(4, 5, 6)));

        assertThat(Cursor.read(destinations(3), text)).isNull();
        assertThat(Cursor.read(List.of(two.get(1), two.get(0)), text)).isNull();
        for (String foreign : List.of("", "1", "~", ".", ".!", text + "A", "1.2-3", "x".repeat(5000), ".AAAA")) {
            assertThat(Cursor.read(two, foreign)).as(foreign).isNull();
        }
        for (String foreign :
                List.of("", "1", "1.2", "1.2-", "-1.2-3", "zzzzzzz.1-1", "1.2-3 ", "1.2-9999999999999999")) {
            assertThat(Cursor.read(destinations(1), foreign)).as(foreign).isNull();
        }
    }

    private static List<Destination> destinations(int count) {
        List<Destination> destinations = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            destinations.add(new Destination("acme", "view", Integer.toString(i)));
        }
        return destinations;
    }
}
