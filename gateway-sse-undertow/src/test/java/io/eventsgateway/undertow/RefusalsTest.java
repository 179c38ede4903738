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
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

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
            (delay, task) -> minutes.add(task),
            false);

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
            refusals.add(Refusal.RATE, "too often", RequestIds.NONE);
        }
        assertThat(logged()).containsExactly("WARN Clients refused reason=rate refused=1 detail=\"too often\"");

        minutes.remove().run();
        assertThat(logged()).last().isEqualTo("WARN Clients refused reason=rate refused=29 detail=\"too often\"");
        assertThat(counted).hasSize(30).containsOnly(Refusal.RATE);
    }

    @Test
    void writesOneLineOfAFlood() {
        for (int i = 0; i < 10_000; i++) {
            refusals.add(Refusal.UNAUTHENTICATED, "No token " + i, RequestIds.NONE);
        }

        assertThat(logged()).hasSize(1);
        minutes.remove().run();
        assertThat(logged()).hasSize(2).last().asString().contains("refused=9999 detail=\"No token 9999\"");
    }

    @Test
    void namesTheLastRequest() {
        refusals.add(Refusal.RATE, "too often", new RequestIds("a", null));
        refusals.add(Refusal.RATE, "too often", new RequestIds("b", null));
        refusals.add(Refusal.RATE, "too often", new RequestIds("c", "4bf92f3577b34da6a3ce929d0e0e4736"));
        minutes.remove().run();

        assertThat(lines.list.get(0).getMDCPropertyMap()).isEqualTo(Map.of("requestId", "a"));
        assertThat(lines.list.get(1).getMDCPropertyMap())
                .isEqualTo(Map.of("requestId", "c", "traceId", "4bf92f3577b34da6a3ce929d0e0e4736"));
        assertThat(MDC.get("requestId")).isNull();
    }

    @Test
    void writesEachAtDebug() {
        logger.setLevel(Level.DEBUG);
        refusals.add(Refusal.RATE, "too often", new RequestIds("a", null));
        refusals.add(Refusal.RATE, "too often", new RequestIds("b", null));

        assertThat(lines.list.stream()
                        .filter(line -> line.getLevel() == Level.DEBUG)
                        .map(line -> line.getMDCPropertyMap().get("requestId")))
                .containsExactly("a", "b");
    }

    @Test
    void beginsAnewAfterAMinuteWithoutAny() {
        refusals.add(Refusal.KEYS, "no keys", RequestIds.NONE);
        minutes.remove().run();
        assertThat(logged()).hasSize(1);
        assertThat(minutes).isEmpty();

        refusals.add(Refusal.KEYS, "no keys", RequestIds.NONE);

        assertThat(logged()).hasSize(2);
        assertThat(minutes).hasSize(1);
    }

    @Test
    void keepsReasonsApart() {
        refusals.add(Refusal.RATE, "too often", RequestIds.NONE);
        refusals.add(Refusal.FULL, "full", RequestIds.NONE);
        refusals.add(Refusal.RATE, "too often", RequestIds.NONE);

        assertThat(logged())
                .containsExactly(
                        "WARN Clients refused reason=rate refused=1 detail=\"too often\"",
                        "WARN Clients refused reason=full refused=1 detail=\"full\"");
    }

    @Test
    void warnsOnlyOfWhatAnOperatorCanChange() {
        refusals.add(Refusal.DRAINING, "stops", RequestIds.NONE);
        refusals.add(Refusal.ENDED, "ended", RequestIds.NONE);
        refusals.add(Refusal.FAULT, "", RequestIds.NONE);

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
