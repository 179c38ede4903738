package io.eventsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RecentValueTest {

    private final AtomicInteger found = new AtomicInteger();
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    private final RecentValue<Integer> value =
            new RecentValue<>(found::incrementAndGet, Duration.ofNanos(10), now::get);

    @Test
    void isFoundOnceForWhoAsksSoonAfter() {
        assertThat(value.get()).isEqualTo(1);
        now.addAndGet(10);
        assertThat(value.get()).isEqualTo(1);
    }

    @Test
    void isFoundAnewWhenItIsOld() {
        assertThat(value.get()).isEqualTo(1);
        now.addAndGet(11);
        assertThat(value.get()).isEqualTo(2);
    }
}
