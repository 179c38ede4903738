package io.eventsgateway.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PayloadTest {

    @Test
    void hasTheSizeAndTellsItsNumbers() {
        byte[] event = new Payload(300).encode(3, 1_795_568_494_123_456L, 17, 999);

        assertThat(event).hasSize(300);
        assertThat(new String(event, StandardCharsets.US_ASCII))
                .startsWith("{\"r\":3,\"t\":")
                .endsWith("xx\"}");
        assertThat(Payload.number(event, event.length, 'r')).isEqualTo(3);
        assertThat(Payload.number(event, event.length, 't')).isEqualTo(1_795_568_494_123_456L);
        assertThat(Payload.number(event, event.length, 'n')).isEqualTo(17);
        assertThat(Payload.number(event, event.length, 'c')).isEqualTo(999);
    }

    @Test
    void isLargerWhereItMustBe() {
        byte[] event = new Payload(1).encode(3, 5, 17, 999);

        assertThat(new String(event, StandardCharsets.US_ASCII))
                .isEqualTo("{\"r\":3,\"t\":5,\"n\":17,\"c\":999,\"p\":\"\"}");
    }

    @Test
    void tellsNoNumberThatIsNotThere() {
        byte[] other = "{\"reason\":\"expired\"}".getBytes(StandardCharsets.US_ASCII);

        assertThat(Payload.number(other, other.length, 'r')).isEqualTo(-1);
    }
}
