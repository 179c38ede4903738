package io.eventsgateway.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginPatternTest {

    @ParameterizedTest
    @CsvSource({
        "https://app.example.com,      https://app.example.com",
        "https://App.Example.com,      https://app.example.COM",
        "https://app.example.com:443,  https://app.example.com",
        "https://app.example.com,      https://app.example.com:443",
        "http://app.example.com:80,    http://app.example.com",
        "http://localhost:4200,        http://localhost:4200",
        "http://[::1]:4200,            http://[::1]:4200",
        "https://*.example.com,        https://a.example.com",
        "https://*.example.com,        https://a.b-c.d_e.example.com",
        "https://*.example.com:443,    https://a.example.com",
        "https://*.example.com:8443,   https://a.example.com:8443"
    })
    void covers(String pattern, String origin) {
        assertThat(OriginPattern.parse(pattern).covers(OriginPattern.parse(origin)))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "https://app.example.com,  http://app.example.com",
        "https://app.example.com,  https://app.example.com:80",
        "http://app.example.com,   http://app.example.com:443",
        "https://app.example.com,  https://app.example.com.",
        "https://app.example.com,  https://app-example.com",
        "https://*.example.com,    https://example.com",
        "https://*.example.com,    https://.example.com",
        "https://*.example.com,    https://a..example.com",
        "https://*.example.com,    https://*.example.com",
        "https://*.example.com,    https://aexample.com",
        "https://*.example.com,    https://a.example.com.evil.org",
        "https://*.example.com,    https://a.example.com:444",
        "https://*.example.com,    http://a.example.com"
    })
    void doesNotCover(String pattern, String origin) {
        assertThat(OriginPattern.parse(pattern).covers(OriginPattern.parse(origin)))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "app.example.com",
                "ftp://app.example.com",
                "https://",
                "https://*.",
                "https://*",
                "https://a.*.example.com",
                "https://a/",
                "https://a/b",
                "https://u@a",
                "https://a:",
                "https://a:x",
                "https://a:70000",
                "https://a:123456",
                "https://a:1:2",
                "https://[::1",
                "https://[]",
                "https://*.[::1]",
                "https://a\\.b",
                "https://a b",
                "https://\u00e4",
                "https://\u212a.example.com"
            })
    void isNoOrigin(String text) {
        assertThat(OriginPattern.parse(text)).isNull();
    }
}
