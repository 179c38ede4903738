package io.eventsgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.redis.Problems.Need;
import org.junit.jupiter.api.Test;

class ProblemsTest {

    private final long[] now = {Long.MAX_VALUE};
    private final Problems problems = new Problems(() -> now[0]);

    @Test
    void reportsTheFirstThatIsNotMet() {
        problems.failed(Need.CHANGING, "c");
        problems.failed(Need.CONNECTION, "a");
        problems.failed(Need.WRITING, "b");
        assertThat(problems.first()).isEqualTo("a");

        problems.works(Need.CONNECTION);
        problems.works(Need.WRITING);
        assertThat(problems.first()).isEqualTo("c");

        problems.works(Need.CHANGING);
        assertThat(problems.first()).isEmpty();
    }

    @Test
    void forgetsWhatWasNotMetLately() {
        problems.failed(Need.CHANGING, "c");
        now[0]++;
        problems.forget(Need.CHANGING, now[0] - 1);
        assertThat(problems.has(Need.CHANGING)).isTrue();

        problems.forget(Need.CHANGING, now[0]);
        assertThat(problems.has(Need.CHANGING)).isFalse();
    }
}
