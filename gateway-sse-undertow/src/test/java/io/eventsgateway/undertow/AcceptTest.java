package io.eventsgateway.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AcceptTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "text/event-stream",
                "TEXT/Event-Stream",
                "text/*",
                "*/*",
                "application/json, text/event-stream;q=0.1",
                "text/html;q=0, */* ; q=1",
                "text/event-stream;charset=utf-8",
                "text/event-stream;q=0.001",
                "*/*;q=0, text/event-stream",
                "text/event-stream;q=0, text/event-stream",
                ",,text/event-stream,,"
            })
    void allowsAnEventStream(String value) {
        assertThat(Accept.allowsEventStream(List.of(value))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "text/event-stream;q=0",
                "text/event-stream; Q = 0.000 ",
                "text/event-stream;charset=utf-8;q=0",
                "text/event-stream;q=0, */*",
                "text/*;q=0, */*",
                "text/event-streams",
                "text",
                ";",
                "*"
            })
    void allowsNone(String value) {
        assertThat(Accept.allowsEventStream(List.of(value))).isFalse();
    }

    @Test
    void readsSeveralHeadersAsOne() {
        assertThat(Accept.allowsEventStream(List.of("application/json", "text/*")))
                .isTrue();
        assertThat(Accept.allowsEventStream(List.of("text/event-stream;q=0", "*/*")))
                .isFalse();
        assertThat(Accept.allowsEventStream(List.of())).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "GZip", "br, gzip;q=0.1", "*", "deflate;q=0, *;q=0.5", "*;q=0, gzip"})
    void allowsGzip(String value) {
        assertThat(Accept.allowsGzip(List.of(value))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "identity", "br", "gzip;q=0", "gzip ; q=0.0", "gzip;q=0, *", "*;q=0", "gzipped"})
    void allowsNoGzip(String value) {
        assertThat(Accept.allowsGzip(List.of(value))).isFalse();
    }
}
