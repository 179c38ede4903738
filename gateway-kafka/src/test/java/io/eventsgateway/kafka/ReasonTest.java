package io.eventsgateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.DisconnectException;
import org.junit.jupiter.api.Test;

class ReasonTest {

    @Test
    void namesNoClassesOfExceptions() {
        assertThat(Reason.of(new CompletionException(new TimeoutException()))).isEqualTo("timeout");
        assertThat(Reason.of(new KafkaException("not sent", new DisconnectException())))
                .isEqualTo("not sent: disconnect");
        assertThat(Reason.of(new CompletionException(new IllegalStateException("away"))))
                .isEqualTo("away");
    }

    @Test
    void namesErrors() {
        assertThat(Reason.of(new OutOfMemoryError("Java heap space"))).isEqualTo("OutOfMemoryError: Java heap space");
    }
}
