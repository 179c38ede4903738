package io.eventsgateway.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class AgeLimitTest {

    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void endsAtTheAgeThatIsGivenOrUpToATenthEarlier() {
        assertThat(limit(HOUR, 0)).isEqualTo(HOUR);
        assertThat(limit(HOUR, 0.5)).isEqualTo(Duration.ofMinutes(57));
        assertThat(limit(HOUR, 1)).isEqualTo(Duration.ofMinutes(54));
    }

    @Test
    void isOverAtItsAgeByAClockThatMayOverflow() {
        AgeLimit limit = new AgeLimit(Long.MAX_VALUE - 1, 10);

        assertThat(limit.isOver(Long.MAX_VALUE)).isFalse();
        assertThat(limit.isOver(Long.MAX_VALUE - 1 + 9)).isFalse();
        assertThat(limit.isOver(Long.MAX_VALUE - 1 + 10)).isTrue();
    }

    @Test
    void isNeverOverWhereNoAgeIsGiven() {
        AgeLimit limit = AgeLimit.of(Duration.ZERO, 0, RandomGenerator.getDefault());

        assertThat(limit.isOver(Long.MAX_VALUE)).isFalse();
    }

    private static Duration limit(Duration maxAge, double drawn) {
        RandomGenerator random = new RandomGenerator() {
            @Override
            public long nextLong() {
                throw new AssertionError();
            }

            @Override
            public double nextDouble() {
                return drawn;
            }
        };
        return Duration.ofNanos(AgeLimit.of(maxAge, 0, random).nanos());
    }
}
