package io.eventsgateway.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ResponseDecoderTest {

    private static final String HEAD =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

    private StringBuilder body;
    private ResponseDecoder decoder;

    @BeforeEach
    void begin() {
        body = new StringBuilder();
        decoder = new ResponseDecoder(
                (bytes, from, to) -> body.append(new String(bytes, from, to - from, StandardCharsets.ISO_8859_1)));
    }

    @Test
    void takesChunksHoweverTheyAreCut() {
        String response = HEAD + "5\r\nhello\r\n1A;name=value\r\nabcdefghijklmnopqrstuvwxyz\r\n2\r\n\r\n\r\n0\r\n\r\n";

        for (int cut = 0; cut <= response.length(); cut++) {
            begin();
            feed(response.substring(0, cut));
            feed(response.substring(cut));

            assertThat(decoder.status()).isEqualTo(200);
            assertThat(body).as("cut at %d", cut).hasToString("helloabcdefghijklmnopqrstuvwxyz\r\n");
            assertThat(decoder.ended()).isTrue();
        }
    }

    @Test
    void takesByteAfterByte() {
        for (char each : (HEAD + "3\r\nabc\r\n10\r\n0123456789abcdef\r\n").toCharArray()) {
            feed(Character.toString(each));
        }

        assertThat(body).hasToString("abc0123456789abcdef");
        assertThat(decoder.ended()).isFalse();
    }

    @Test
    void knowsNoStatusBeforeAllHeadersAreThere() {
        feed(HEAD.substring(0, HEAD.length() - 1));

        assertThat(decoder.status()).isZero();
    }

    @Test
    void takesABodyThatEndsWithTheConnection() {
        feed("HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\nlater");
        feed("!");

        assertThat(decoder.status()).isEqualTo(503);
        assertThat(decoder.statusLine()).isEqualTo("HTTP/1.1 503 Service Unavailable");
        assertThat(body).hasToString("later!");
    }

    private void feed(String piece) {
        byte[] bytes = ("?" + piece + "?").getBytes(StandardCharsets.ISO_8859_1);
        decoder.feed(bytes, 1, bytes.length - 1);
    }
}
