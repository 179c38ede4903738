package io.eventsgateway.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.config.ConfigurationException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class DoctorTest {

    @Test
    void reportsOfTheOthersWhileOneHangs() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        Check hangs = new Check("hanging server", Duration.ofMillis(200), () -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException given) {
                interrupted.countDown();
            }
            return List.of();
        });
        Check works = Check.of("other server", () -> List.of(Finding.ok("other server", "answers")));

        List<Finding> found = Doctor.examine(List.of(hangs, works));

        assertThat(found).extracting(Finding::check).containsExactly("hanging server", "other server");
        assertThat(found).extracting(Finding::verdict).containsExactly(Verdict.FAIL, Verdict.OK);
        assertThat(found.get(0).seen()).startsWith("no answer within");
        interrupted.await();
    }

    @Test
    void skipsWhatDependsOnSomethingThatFails() throws Exception {
        Check dependent = Check.of("topic", () -> {
            throw new NotExamined("no server answers");
        });
        Check wrong = Check.of("redis", () -> {
            throw new ConfigurationException(List.of("PORT=x is not valid"));
        });

        assertThat(Doctor.examine(List.of(dependent, wrong)))
                .containsExactly(
                        Finding.skip("topic", "not examined: no server answers"),
                        Finding.skip("redis", "not examined: its settings are not valid"));
    }

    @Test
    void reportsAFaultOfACheckAsOne() throws Exception {
        Check faulty = Check.of("topic", () -> {
            throw new IllegalStateException("oops");
        });

        assertThat(Doctor.examine(List.of(faulty)).get(0).seen()).contains("the check itself failed", "oops");
    }
}
