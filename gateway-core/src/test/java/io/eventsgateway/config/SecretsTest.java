package io.eventsgateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "https://host/path                         | https://host/path",
                "https://ann:s3cret@host/path              | https://*****@host/path",
                "https://s3cret@host                       | https://*****@host",
                "https://ann:s3c/r?e#t@host:1/x            | https://*****@host:1/x",
                "https://ann:s@s3cret@host                 | https://*****@host",
                "https://a,https://ann:s3cret@b            | https://a,https://*****@b",
                "https://ann:s3cret@a,https://b:s3cret@c/d | https://*****@a,https://*****@c/d",
                "ann:s3cret@host                           | *****@host",
                ":s3cret@host:6379                         | *****@host:6379",
                "ann:s3cret@host,https://b:s3cret@c        | *****@host,https://*****@c",
                "ann@example.com                           | ann@example.com",
                "kafka:9092                                | kafka:9092",
                "-----BEGIN PRIVATE KEY-----s3cret         | *****",
                "file:-----BEGIN PRIVATE KEY-----s3cret    | *****"
            })
    void areNotInAValue(String value, String shown) {
        assertThat(Secrets.hideInValue(value)).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Can't reach https://ann:s3cret@host/x: refused by ann@example.com | Can't reach https://*****@host/x: refused by ann@example.com",
                "source=topic-3@88: https://host/x \"y\"@z                         | source=topic-3@88: https://host/x \"y\"@z",
                "can't read -----BEGIN PRIVATE KEY----- s3cret                     | can't read *****",
                "plain                                                             | plain"
            })
    void areNotInAMessage(String message, String shown) {
        assertThat(Secrets.hideInMessage(message)).isEqualTo(shown);
    }

    @Test
    void areNotInALogWhichGoesOnBehindThem() {
        assertThat(Secrets.hideInLog("a\n  can't read -----BEGIN KEY-----\n  s3cret\n  -----END KEY-----\n  at b\n"))
                .isEqualTo("a\n  can't read *****-----END KEY-----\n  at b\n");
        assertThat(Secrets.hideInLog("{\"message\":\"-----BEGIN KEY-----s3cret\",\"url\":\"http://a:s3cret@b\"}\n"))
                .isEqualTo("{\"message\":\"*****\",\"url\":\"http://*****@b\"}\n");
        assertThat(Secrets.hideInLog("-----BEGIN KEY-----s3cret\nb")).isEqualTo("*****\nb");
    }

    @ParameterizedTest
    @ValueSource(strings = {"://", "@", ":", "://@", "a:b@"})
    void areLookedForInOnePass(String unit) {
        String text = unit.repeat(200_000);

        assertThat(Secrets.hideInMessage(text)).isNotEmpty();
        assertThat(Secrets.hideInValue(text)).isNotEmpty();
    }
}
