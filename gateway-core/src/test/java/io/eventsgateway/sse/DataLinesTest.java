package io.eventsgateway.sse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventsgateway.Payload;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DataLinesTest {

    /** Whatever the data and wherever it is cut, pieces make what the whole makes. */
    @Test
    void writesPiecesAsItWritesTheWhole() {
        Random random = new Random(7);
        for (int round = 0; round < 2_000; round++) {
            byte[] data = new byte[random.nextInt(60)];
            for (int i = 0; i < data.length; i++) {
                data[i] = (byte) "ab\r\n\n".charAt(random.nextInt(5));
            }
            Payload whole = Payload.of(data);
            StringBuilder written = new StringBuilder();
            DataLines lines = new DataLines();
            int from = 0;
            while (from < data.length) {
                Payload piece = whole.slice(from, Math.min(data.length, from + 1 + random.nextInt(9)));
                DataLines.Written some = lines.write(piece, 1 + random.nextInt(40));
                written.append(StandardCharsets.UTF_8.decode(some.bytes()));
                assertThat(some.taken()).isPositive();
                from += some.taken();
            }
            written.append(StandardCharsets.UTF_8.decode(lines.end()));

            String expected = StandardCharsets.UTF_8
                    .decode(SseFrame.of(null, "message", whole).body())
                    .toString();
            assertThat(written).as(new String(data, StandardCharsets.UTF_8)).hasToString(expected);
        }
    }

    @Test
    void staysWithinItsBoundHoweverManyLinesThereAre() {
        Payload breaks = Payload.of("\n".repeat(64 * 1024).getBytes(StandardCharsets.UTF_8));

        DataLines.Written some = new DataLines().write(breaks, 64 * 1024);

        assertThat(some.bytes().remaining()).isBetween(64 * 1024, 64 * 1024 + 16);
        assertThat(some.taken()).isLessThan(10_000);
    }

    @Test
    void endsOnce() {
        DataLines lines = new DataLines();
        lines.end();

        assertThatThrownBy(lines::end).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> lines.write(Payload.EMPTY, 10)).isInstanceOf(IllegalStateException.class);
    }
}
