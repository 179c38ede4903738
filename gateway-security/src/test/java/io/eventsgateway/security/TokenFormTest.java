package io.eventsgateway.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenFormTest {

    @Test
    void isThreePartsOfTheAlphabet() {
        assertThat(TokenForm.isCompact("a.b.c")).isTrue();
        assertThat(TokenForm.isCompact("AZaz09-_.x.y")).isTrue();
        assertThat(TokenForm.isCompact("a".repeat(5000) + ".b.c")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "...",
                "a",
                "a.b",
                "a.b.",
                ".b.c",
                "a..c",
                "a.b.c.",
                "a.b.c.d",
                "a.b.c=",
                "a.b.c ",
                " a.b.c",
                "a.b.c\n",
                "a.b.c~",
                "a+.b.c",
                "a.b/.c",
                "a.b.c\u0001",
                "a.b.c\u0000",
                "a.b.\u00e9",
                "a.b.\ud83d\ude00",
                "a.b.c\u00df",
                "\u0661.b.c",
                "a.b.c\u2028"
            })
    void isNothingElse(String text) {
        assertThat(TokenForm.isCompact(text)).isFalse();
    }

    @Test
    void knowsNoCharactersButThoseOfTheAlphabet() {
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        for (int c = 0; c <= Character.MAX_VALUE; c++) {
            assertThat(TokenForm.isCompact("a.b." + (char) c)).isEqualTo(alphabet.indexOf(c) >= 0);
            assertThat(TokenForm.isBearer("a" + (char) c)).isEqualTo((alphabet + ".~+/=").indexOf(c) >= 0);
        }
    }

    @Test
    void isBearerAsHeadersHaveIt() {
        assertThat(List.of("of-account-1", "a.b.c", "YQ==", "~+/")).allMatch(TokenForm::isBearer);
        assertThat(List.of("", "=", "a=b", "a b", "a\r\nX: 1", "\u00e4")).noneMatch(TokenForm::isBearer);
    }

    @Test
    void hasOneDigestHoweverItIsSigned() {
        assertThat(TokenForm.digest("a.b.c"))
                .isEqualTo(TokenForm.digest("a.b.d"))
                .isNotEqualTo(TokenForm.digest("a.c.c"));
        assertThat(TokenForm.digest("opaque")).isNotEqualTo(TokenForm.digest("other"));
        assertThat(TokenForm.digest(null)).isEmpty();
    }
}
