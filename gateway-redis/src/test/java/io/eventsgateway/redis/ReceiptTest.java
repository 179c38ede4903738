package io.eventsgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReceiptTest {

    @Test
    void namesTheLatestCounts() {
        Guard guard = new Guard(new KeySpace("eg", 0), "w1");
        IntStream.range(0, Keys.TAGS).forEach(tag -> guard.known().appended(tag, 10 + tag));
        guard.known().appended(7, Long.MAX_VALUE / 100);
        guard.known().acknowledge(9, 1000);

        String text = guard.receipt();

        assertThat(text).startsWith("w1.0 7:").matches("[ -~]{1,1000}");
        assertThat(Receipt.parse(text).counts())
                .hasSize(32)
                .startsWith(new Receipt.Count(7, Long.MAX_VALUE / 100), new Receipt.Count(255, 265));
    }

    @Test
    void isMadeWhileOthersAppend() throws InterruptedException {
        Guard guard = new Guard(new KeySpace("eg", 0), "w1");
        AtomicBoolean over = new AtomicBoolean();
        Thread other = new Thread(() -> {
            for (int call = 1; !over.get(); call++) {
                guard.known().appended(ThreadLocalRandom.current().nextInt(Keys.TAGS), call);
            }
        });
        other.start();

        for (int i = 0; i < 20_000; i++) {
            assertThat(Receipt.parse(guard.receipt())).isNotNull();
        }
        over.set(true);
        other.join();
    }

    @Test
    void countsAnewAfterALoss() {
        Guard guard = new Guard(new KeySpace("eg", 0), "w1");
        guard.known().appended(7, 1);
        guard.lost(guard.known());
        guard.known().appended(7, 1);

        assertThat(guard.receipt()).isEqualTo("w1.1 7:1");
    }

    @Test
    void namesNothingBeforeAnythingWasAcknowledged() {
        assertThat(Receipt.parse(new Guard(new KeySpace("eg", 0), "w1").receipt()))
                .isEqualTo(new Receipt("w1.0", List.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "w1",
                "w.0 ",
                "w.0 1",
                "w.0 1:",
                "w.0 256:1",
                "w.0 1:-1",
                "w.0 1:1 ",
                "w.0 1:12345678901234567890",
                "W.0 1:1"
            })
    void understandsNothingElse(String text) {
        assertThat(Receipt.parse(text)).isNull();
    }
}
