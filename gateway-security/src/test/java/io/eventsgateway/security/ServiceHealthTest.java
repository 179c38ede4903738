package io.eventsgateway.security;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A service's health by a clock that does as it is told. */
class ServiceHealthTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger(ServiceHealth.class);
    private final Level level = logger.getLevel();
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Deque<CompletableFuture<String>> probes = new ArrayDeque<>();
    private long now = Long.MAX_VALUE - 1;
    private final ServiceHealth health = new ServiceHealth(
            "issuer",
            "The tokens' issuer",
            "https://user:secret@id",
            "BASE",
            () -> {
                probes.add(new CompletableFuture<>());
                return probes.getLast();
            },
            () -> now);

    @BeforeEach
    void listen() {
        logger.setLevel(Level.INFO);
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(lines);
        logger.setLevel(level);
    }

    @Test
    void logsAnOutageThatProbesMeetAndItsEnd() {
        for (int second = 0; second < 7; second++) {
            pass(1, "status 500");
        }
        assertThat(health.problem()).isEqualTo("status 500");
        pass(1, "");
        assertThat(health.problem()).isEmpty();
        pass(0, "");
        pass(2, "");

        assertThat(lines.list.stream().map(ILoggingEvent::toString))
                .containsExactly(
                        "[WARN] The tokens' issuer does not work address=\"https://*****@id\" setting=BASE for=5s cause=\"status 500\"",
                        "[INFO] The tokens' issuer works again address=\"https://*****@id\" setting=BASE after=6s");
    }

    @Test
    void knowsOfFailedQuestionsThoughProbesAreAnswered() {
        pass(0, "");
        health.failed("status 502");
        health.failed("status 502");
        assertThat(health.problem()).isEmpty();
        health.failed("status 502");
        pass(1, "");

        assertThat(health.problem()).isEqualTo("status 502");
        pass(60, "");
        assertThat(health.problem()).as("nobody has asked since").isEmpty();
    }

    @Test
    void isAnsweredAgainByAnyAnswer() {
        for (int i = 0; i < 5; i++) {
            health.failed("status 502");
        }
        health.answered();

        assertThat(health.problem()).isEmpty();
    }

    @Test
    void probesAtOnceWhatFailedAndOnceAtATime() {
        health.tick();
        assertThat(probes).hasSize(1);
        probes.remove().complete("");
        pass(5, "");
        assertThat(probes).isEmpty();

        health.failed("status 502");
        health.tick();
        health.tick();
        assertThat(probes).hasSize(1);
    }

    @Test
    void probesAtOnceWhatIsInDoubt() {
        pass(0, "");

        health.doubted();
        health.tick();

        assertThat(probes).hasSize(1);
        assertThat(health.problem()).isEmpty();
    }

    /** A log that is slow, as a full disk makes it, keeps nobody from asking. */
    @Test
    void answersWhileALineIsLogged() {
        List<Boolean> answered = new CopyOnWriteArrayList<>();
        AppenderBase<ILoggingEvent> slow = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent line) {
                CompletableFuture<String> asked = CompletableFuture.supplyAsync(health::problem);
                asked.completeOnTimeout("", 5, TimeUnit.SECONDS);
                answered.add(!asked.join().isEmpty());
            }
        };
        slow.start();
        logger.addAppender(slow);

        for (int second = 0; second < 7; second++) {
            pass(1, "status 500");
        }
        logger.detachAppender(slow);

        assertThat(answered).containsExactly(true);
    }

    /** Some seconds pass, and a probe that is sent meanwhile is answered. */
    private void pass(int seconds, String answer) {
        now += Duration.ofSeconds(seconds).toNanos();
        health.tick();
        while (!probes.isEmpty()) {
            probes.remove().complete(answer);
        }
    }
}
