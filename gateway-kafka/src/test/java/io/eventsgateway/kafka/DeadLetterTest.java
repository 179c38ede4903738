package io.eventsgateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeadLetterTest {

    /** A repaired value went with no headers, or with the first part of a key, which is another key. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                                                  | true  | true",
                "value of 9000 bytes                                                 | false | true",
                "headers: 2                                                          | false | false",
                "value of 9000 bytes, headers: 2                                     | false | false",
                "rest of a key of 5000 bytes                                         | false | false",
                "value of 9000 bytes, headers: 2, rest of a key of 5000 bytes        | false | false",
                "value of 9000 bytes, something of a later build                     | false | false"
            })
    void isCompleteWithAnotherValueWhereTheValueAloneWasLeftOut(String leftOut, boolean asItIs, boolean repaired) {
        DeadLetter letter = letter(leftOut);

        assertThat(letter.isComplete(false)).isEqualTo(asItIs);
        assertThat(letter.isComplete(true)).isEqualTo(repaired);
    }

    @Test
    void isCompleteWhereItDoesNotSayThatSomethingWasLeftOut() {
        assertThat(new DeadLetter(new ConsumerRecord<>("dead", 0, 0, null, null)).isComplete(false))
                .isTrue();
    }

    private static DeadLetter letter(String leftOut) {
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>("dead", 0, 0, null, null);
        record.headers().add("gateway-left-out", leftOut.getBytes(StandardCharsets.UTF_8));
        return new DeadLetter(record);
    }
}
