package io.eventsgateway.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TerminalTest {

    @Test
    void keepsLinesAndTabsOfTextOfSeveralLinesAndNoOtherControlCharacter() {
        assertThat(Terminal.lines("\u001b[2Jä\tb\u009b1m\nc\u007f")).isEqualTo("?[2Jä\tb?1m\nc?");
        assertThat(Terminal.lines("\u001bc".getBytes(StandardCharsets.UTF_8))).isEqualTo("?c");
        assertThat(Terminal.lines((byte[]) null)).isEqualTo("-");
    }

    @Test
    void endsNoLineWithinOne() {
        assertThat(Terminal.part("a\nletter=forged\u202e\u001b]0;x\u0007")).isEqualTo("a?letter=forged??]0;x?");
        assertThat(Terminal.part("x".repeat(10_000))).hasSize(10_000);
    }

    @Test
    void showsEveryTextOfAnAnswer() throws Exception {
        assertThat(Terminal.part(new ObjectMapper()
                                .readTree("{\"a\":[\"\\u001b[2J\",1,null,{\"b\":\"c\\n\"}],\"d\":true}"))
                        .toString())
                .isEqualTo("{\"a\":[\"?[2J\",1,null,{\"b\":\"c?\"}],\"d\":true}");
    }
}
