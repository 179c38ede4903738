package io.eventsgateway.sse;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.Payload;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SseReaderTest {

    private static final long SEED = Long.getLong("seed", System.nanoTime());

    private static final String[] WORDS = {
        "data",
        "id",
        "event",
        "retry",
        "destination",
        "dat",
        ":",
        ":",
        ": ",
        " ",
        "\n",
        "\n",
        "\n\n",
        "\r",
        "\r",
        "\r\n",
        "\r\n\r\n",
        "\0",
        "\uFEFF",
        "\u2028",
        "\u0085",
        "ä",
        "€",
        "😀",
        "1",
        "20",
        "-1",
        "a",
        "data: x",
        "data:",
        "id: 7",
        "id",
        ":c",
        "\u000b",
        "\f",
        "retry: 5\n",
        "event:"
    };

    @Test
    void readsWhatTheGatewayWrites() {
        SseFrames said = SseFrames.of(
                "retry: 3000\n: events follow\nevent: a\ndata: {\"n\":1}\ndata: 2\ndestination: view/1\nid: g.1-0\n\n:\nid: g.2-0\n\n: \n");

        assertThat(said.retries()).containsExactly(3000L);
        assertThat(said.comments()).isEqualTo(3);
        assertThat(said.all())
                .containsExactly(
                        new SseFrames.Frame("a", "{\"n\":1}\n2", "view/1", "g.1-0"),
                        new SseFrames.Frame("message", null, "", "g.2-0"));
    }

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
                "data:zwölf",
                "data:  lines",
                "data",
                "",
                "");
        byte[] bytes = stream.getBytes(StandardCharsets.UTF_8);

        for (int cut = 0; cut <= bytes.length; cut++) {
            SseFrames said = new SseFrames();
            said.feed(ByteBuffer.wrap(bytes, 0, cut).slice());
            said.feed(ByteBuffer.wrap(bytes, cut, bytes.length - cut).slice());

            assertThat(said.texts()).as("cut at %d", cut).containsExactly("x {\"a\":1}", "message zwölf\n lines\n");
            assertThat(said.lastEventId()).isEqualTo("7-1");
            assertThat(said.comments()).isEqualTo(1);
        }
    }

    @Test
    void doesNotWaitForTheLineFeedThatMayFollowACarriageReturn() {
        SseFrames said = new SseFrames();
        said.feed("data: a\r\r");
        assertThat(said.data()).containsExactly("a");

        said.feed("\ndata: b\r\n");
        said.feed("\r");
        said.feed("\ndata: c\n\n");
        assertThat(said.data()).containsExactly("a", "b", "c");
    }

    @Test
    void hasNoPositionOfAnEventThatIsCut() {
        SseReader reader = new SseReader(frame -> {});
        feed(reader, "data: a\nid: 1\n\ndata: b\nid: 2\n");

        assertThat(reader.lastEventId()).isEqualTo("1");
    }

    @Test
    void beginsAnewBehindThePositionThatItHas() {
        List<String> said = new ArrayList<>();
        SseReader reader = new SseReader(
                frame -> said.add(frame.name() + " " + frame.data() + " " + frame.destination() + frame.lastEventId()));
        feed(reader, "data: a\nid: 1\n\nevent: b\ndata: b\ndestination: x\nid: 2\nda");

        reader.restart();
        feed(reader, "\uFEFFdata: c\n\n");

        assertThat(said).containsExactly("message a 1", "message c 1");
    }

    @Test
    void keepsNoMoreOfAnEventsDataThanItIsToldAndKnowsItsLength() {
        List<String> said = new ArrayList<>();
        SseReader reader = new SseReader(
                frame -> said.add(frame.data() + " " + frame.dataLength() + " " + frame.lastEventId()), 5);
        String large = "0123456789".repeat(10_000);
        for (int from = 0; from < large.length(); from += 1000) {
            feed(reader, (from == 0 ? "data: " : "") + large.substring(from, from + 1000));
        }
        feed(reader, "\nid: 1\n\ndata: 01\ndata: 3456789\nid: 2\n\ndata: y\n\n");

        assertThat(said).containsExactly("01234 100000 1", "01\n34 10 2", "y 1 2");
    }

    @Test
    void takesAwayOneByteOrderMarkWhereverItIsCut() {
        byte[] bytes = "\uFEFF\uFEFFdata: x\n\n\uFEFF".getBytes(StandardCharsets.UTF_8);
        for (int cut = 0; cut <= bytes.length; cut++) {
            SseFrames said = new SseFrames();
            said.feed(ByteBuffer.wrap(bytes, 0, cut));
            said.feed(ByteBuffer.wrap(bytes, cut, bytes.length - cut));
            assertThat(said.all()).as("cut at %d", cut).containsExactly(new SseFrames.Frame("message", null, "", ""));
        }
        assertThat(SseFrames.of("\uFEFFdata: x\n\n").data()).containsExactly("x");
    }

    @Test
    void readsAnyBytesInAnyPiecesAsTheStandardDoes() {
        Random random = new Random(SEED);
        int frames = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = randomBytes(random);
            SseFrames said = new SseFrames();
            for (int from = 0; from < bytes.length; ) {
                int to = Math.min(bytes.length, from + random.nextInt(round % 2 == 0 ? 2 : 12));
                said.feed(ByteBuffer.wrap(bytes, from, to - from));
                from = to;
            }

            SseStandard expected = new SseStandard(new String(bytes, StandardCharsets.UTF_8));
            String what = "seed " + SEED + ", round " + round;
            assertThat(said.all()).as(what).isEqualTo(expected.frames());
            assertThat(said.retries()).as(what).isEqualTo(expected.retries());
            frames += said.all().size();
        }
        assertThat(frames).as("frames that show something").isGreaterThan(20_000);
    }

    /** Whatever is written is read, but for the kind of its line ends. */
    @Test
    void readsWhatTheWriterMakesOfAnyData() {
        Random random = new Random(SEED);
        for (int round = 0; round < 5_000; round++) {
            String data = new String(randomBytes(random), StandardCharsets.UTF_8);
            SseFrame frame = SseFrame.of("7", "x", Payload.of(data.getBytes(StandardCharsets.UTF_8)));
            SseFrames said = new SseFrames();

            said.feed(frame.whole());

            assertThat(said.all())
                    .as("seed %d, round %d", SEED, round)
                    .containsExactly(new SseFrames.Frame("x", data.replaceAll("\r\n?", "\n"), "", "7"));
        }
    }

    private static byte[] randomBytes(Random random) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int parts = random.nextInt(40);
        for (int i = 0; i < parts; i++) {
            if (random.nextInt(30) == 0) {
                bytes.write(random.nextInt(256));
            } else {
                bytes.writeBytes(WORDS[random.nextInt(WORDS.length)].getBytes(StandardCharsets.UTF_8));
            }
        }
        return bytes.toByteArray();
    }

    private static void feed(SseReader reader, String piece) {
        byte[] bytes = ("??" + piece + "??").getBytes(StandardCharsets.UTF_8);
        reader.feed(bytes, 2, bytes.length - 2);
    }
}
