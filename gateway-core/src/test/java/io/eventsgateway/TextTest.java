package io.eventsgateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextTest {

    @Test
    void leavesOfForeignTextWhatALogLineMayHave() {
        assertThat(line("a\0b")).isEqualTo("a?b");
        assertThat(line("a\r\n2026-11-26T00:00:00.000Z ERROR")).isEqualTo("a??2026-11-26T00:00:00.000Z ERROR");
        assertThat(line("\u001b[31mred")).isEqualTo("?[31mred");
        assertThat(line("a\u0085b\u2028c\u2029d\u009b")).isEqualTo("a?b?c?d?");
        assertThat(line("\u202egpj.exe")).isEqualTo("?gpj.exe");
        assertThat(line("\ud83dx")).isEqualTo("?x");
        assertThat(line("\ud83d\ude00 \u00fc")).isEqualTo("\ud83d\ude00 \u00fc");
    }

    @Test
    void cutsForeignTextToItsLength() {
        assertThat(Text.forLog("x".repeat(1000), 20)).isEqualTo("x".repeat(20) + "... (1000 characters)");
        assertThat(Text.forLog("\ud83d\ude00".repeat(20), 3)).isEqualTo("\ud83d\ude00... (40 characters)");
    }

    private static String line(String text) {
        return Text.forLog(text, 200);
    }
}
