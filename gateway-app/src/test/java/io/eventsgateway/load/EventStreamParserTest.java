package io.eventsgateway.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventStreamParserTest {

    private final List<String> events = new ArrayList<>();
    private final EventStreamParser parser = new EventStreamParser(new EventStreamParser.Listener() {
        @Override
        public void event(byte[] data, int length) {
            events.add(new String(data, 0, length, StandardCharsets.UTF_8));
        }

        @Override
        public void comment() {
            events.add(":");
        }
    });

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r", "\r\n"})
    void takesEveryEndOfLineHoweverItIsCut(String end) {
        String stream = String.join(
                end,
                ": hello",
                "id: 7-1",
                "event: x",
                "data: {\"a\":1}",
                "",
                "data:two",
                "data:  lines",
                "data",
                "",
                "");

        for (int cut = 0; cut <= stream.length(); cut++) {
            events.clear();
            feed(stream.substring(0, cut));
            feed(stream.substring(cut));

            assertThat(events).as("cut at %d", cut).containsExactly(":", "{\"a\":1}", "two\n lines\n");
            assertThat(parser.lastEventId()).isEqualTo("7-1");
        }
    }

    @Test
    void takesByteAfterByte() {
        for (char each : "data: one\r\n\r\ndata: zwölf\n\n".toCharArray()) {
            feed(Character.toString(each));
        }

        assertThat(events).containsExactly("one", "zwölf");
    }

    @Test
    void tellsNothingWithoutData() {
        feed("id: 1\nevent: x\n\nretry: 100\n\n\ndatum: no\n");

        assertThat(events).isEmpty();
        assertThat(parser.lastEventId()).isEqualTo("1");
    }

    @Test
    void tellsAnEmptyEvent() {
        feed("data\n\ndata:\n\n");

        assertThat(events).containsExactly("", "");
    }

    @Test
    void keepsNothingOfALargerEventBefore() {
        feed("data: " + "x".repeat(5_000) + "\n\ndata: y\n\n");

        assertThat(events).hasSize(2).last().isEqualTo("y");
    }

    private void feed(String piece) {
        byte[] bytes = ("??" + piece + "??").getBytes(StandardCharsets.UTF_8);
        parser.feed(bytes, 2, bytes.length - 2);
    }
}
