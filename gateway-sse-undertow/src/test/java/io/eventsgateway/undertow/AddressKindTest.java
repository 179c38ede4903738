package io.eventsgateway.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressKindTest {

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, LOOPBACK",
        "::1, LOOPBACK",
        "10.1.2.3, PRIVATE",
        "172.31.0.1, PRIVATE",
        "192.168.0.1, PRIVATE",
        "169.254.1.1, PRIVATE",
        "100.64.0.1, PRIVATE",
        "100.128.0.1, PUBLIC",
        "fd00::1, PRIVATE",
        "fe80::1, PRIVATE",
        "8.8.8.8, PUBLIC",
        "2001:db8::1, PUBLIC"
    })
    void isThatOfTheNetwork(String address, AddressKind kind) throws Exception {
        assertThat(AddressKind.of(InetAddress.getByName(address))).isEqualTo(kind);
    }
}
