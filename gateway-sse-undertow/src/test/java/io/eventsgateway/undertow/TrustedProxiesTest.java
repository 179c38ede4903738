package io.eventsgateway.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedProxiesTest {

    private static final String PEER = "10.0.0.9";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1                     | 203.0.113.7                        | 203.0.113.7",
                "1                     | 10.9.1.1, 203.0.113.7              | 203.0.113.7",
                "1                     | 203.0.113.7:4711                   | 203.0.113.7",
                "1                     | [2001:db8::7]:4711                 | 2001:db8:0:0:0:0:0:7",
                "1                     | 2001:db8::7                        | 2001:db8:0:0:0:0:0:7",
                "2                     | 10.9.1.1, 203.0.113.7, 10.0.0.8    | 203.0.113.7",
                "2                     | 203.0.113.7                        | 203.0.113.7",
                "0                     | 203.0.113.7                        | 10.0.0.9",
                "1                     | 203.0.113.7, unknown               | 10.0.0.9",
                "1                     | 203.0.113.7,                       | 10.0.0.9",
                "1                     | example.com                        | 10.0.0.9",
                "1                     | 1.2.3                              | 10.0.0.9",
                "1                     | 1.2.3.256                          | 10.0.0.9",
                "10.0.0.0/8            | 198.51.100.1, 203.0.113.7, 10.1.1.1 | 203.0.113.7",
                "10.0.0.0/8            | 10.1.1.1, 10.1.1.2                 | 10.1.1.1",
                "10.0.0.9              | 203.0.113.7                        | 203.0.113.7",
                "192.168.0.0/16        | 203.0.113.7                        | 10.0.0.9",
                "::/0                  | 203.0.113.7                        | 10.0.0.9",
                "10.0.0.0/8,2001:db8::/32 | 203.0.113.7, 2001:db8::1       | 203.0.113.7"
            })
    void knowWhereARequestCameFrom(String proxies, String header, String client) {
        assertThat(TrustedProxies.parse(proxies)
                        .client(TrustedProxies.address(PEER), ClientAddress.hops(List.of(header), false))
                        .getHostAddress())
                .isEqualTo(client);
    }

    @Test
    void readTheStandardHeaderToo() {
        List<String> values = List.of(
                "for=198.51.100.1;by=10.0.0.1, For=\"[2001:db8::7]:4711\";proto=https",
                "proto=http;for=203.0.113.7:80");

        assertThat(ClientAddress.hops(values, true).stream().map(each -> each.getHostAddress()))
                .containsExactly("198.51.100.1", "2001:db8:0:0:0:0:0:7", "203.0.113.7");
        assertThat(ClientAddress.hops(List.of("by=1.2.3.4", "for=_hidden", "for=unknown"), true))
                .containsOnlyNulls();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "33",
                "100",
                "a",
                "10.0.0.0/33",
                "10.0.0.0/",
                "10.0.0/8",
                "host/8",
                "1,10.0.0.0/8",
                "::/129",
                ","
            })
    void areNone(String text) {
        assertThat(TrustedProxies.parse(text)).isNull();
    }
}
