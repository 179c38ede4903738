package io.eventsgateway.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RefusalsTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger(Refusals.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final List<Refusal> counted = new ArrayList<>();
    private final Deque<Runnable> minutes = new ArrayDeque<>();
    private final Refusals refusals = new Refusals(
            new StreamListener() {
                @Override
                public void refused(Refusal reason) {
                    counted.add(reason);
                }
            },
            (delay, task) -> minutes.add(task));

    @BeforeEach
    void listen() {
        lines.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(lines);
    }

    @AfterEach
    void leave() {
        logger.detachAppender(lines);
        logger.setLevel(null);
    }

    @Test
    void logsTheFirstOfAReasonAtOnceAndTheOthersOnceAMinute() {
        for (int i = 0; i < 30; i++) {
            refusals.add(Refusal.RATE, "too often");
        }
        assertThat(logged()).containsExactly("WARN Clients refused reason=rate refused=1 detail=\"too often\"");

        minutes.remove().run();
        assertThat(logged()).last().isEqualTo("WARN Clients refused reason=rate refused=29 detail=\"too often\"");
        assertThat(counted).hasSize(30).containsOnly(Refusal.RATE);
    }

    @Test
    void beginsAnewAfterAMinuteWithoutAny() {
        refusals.add(Refusal.KEYS, "no keys");
        minutes.remove().run();
        assertThat(logged()).hasSize(1);
        assertThat(minutes).isEmpty();

        refusals.add(Refusal.KEYS, "no keys");

        assertThat(logged()).hasSize(2);
        assertThat(minutes).hasSize(1);
    }

    @Test
    void keepsReasonsApart() {
        refusals.add(Refusal.RATE, "too often");
        refusals.add(Refusal.FULL, "full");
        refusals.add(Refusal.RATE, "too often");

        assertThat(logged())
                .containsExactly(
                        "WARN Clients refused reason=rate refused=1 detail=\"too often\"",
                        "WARN Clients refused reason=full refused=1 detail=\"full\"");
    }

    @Test
    void warnsOnlyOfWhatAnOperatorCanChange() {
        refusals.add(Refusal.DRAINING, "stops");
        refusals.add(Refusal.ENDED, "ended");
        refusals.add(Refusal.FAULT, "");

        assertThat(logged())
                .containsExactly(
                        "INFO Clients refused reason=draining refused=1 detail=\"stops\"",
                        "INFO Clients refused reason=ended refused=1 detail=\"ended\"");
        assertThat(counted).containsExactly(Refusal.DRAINING, Refusal.ENDED, Refusal.FAULT);
    }

    private List<String> logged() {
        return lines.list.stream()
                .map(line -> line.getLevel() + " " + line.getFormattedMessage())
                .toList();
    }
}
