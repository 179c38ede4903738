package io.eventsgateway.sse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventsgateway.Payload;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SseFrameTest {

    @Test
    void writesIdEventAndData() {
        assertThat(text(frame("7", "tokenState", "{}").whole())).isEqualTo("event: tokenState\ndata: {}\nid: 7\n\n");
    }

    @Test
    void leavesOutTheNameThatIsTheDefault() {
        assertThat(text(frame("7", "message", "{}").whole())).isEqualTo("data: {}\nid: 7\n\n");
    }

    @Test
    void writesALineOfDataForEveryLineHoweverItEnds() {
        assertThat(text(frame(null, "message", "a\rb\nc\r\nd\n\re\n").whole()))
                .isEqualTo("data: a\ndata: b\ndata: c\ndata: d\ndata: \ndata: e\ndata: \n\n");
    }

    @Test
    void partsTheBodyFromTheId() {
        SseFrame frame = frame("7", "x", "é");

        assertThat(text(frame.body())).isEqualTo("event: x\ndata: é\n");
        assertThat(frame.size()).isEqualTo(frame.whole().remaining());
        assertThat(text(SseFrame.tail("8", "view/1"))).isEqualTo("destination: view/1\nid: 8\n\n");
    }

    @Test
    void writesWhatIsNoEvent() {
        assertThat(text(SseFrame.position("7"))).isEqualTo("id: 7\n\n");
        assertThat(text(SseFrame.retry(3000))).isEqualTo("retry: 3000\n");
        assertThat(text(SseFrame.comment(""))).isEqualTo(": \n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\rb", "a\0b", "x\n\ndata: forged"})
    void refusesLinesWithinAField(String text) {
        assertThatThrownBy(() -> frame(text, "x", "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> frame("1", text, "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SseFrame.tail("1", text)).isInstanceOf(IllegalArgumentException.class);
    }

    private static SseFrame frame(String id, String name, String data) {
        return SseFrame.of(id, name, Payload.of(data.getBytes(StandardCharsets.UTF_8)));
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes).toString();
    }
}
