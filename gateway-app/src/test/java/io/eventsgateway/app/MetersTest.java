package io.eventsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.Payload;
import io.eventsgateway.Source;
import io.eventsgateway.log.Appended;
import io.eventsgateway.log.Entry;
import io.eventsgateway.route.InboundRecord;
import io.eventsgateway.topic.Feed;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;

/** What is logged of records. */
@Isolated
class MetersTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger(Meters.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Meters meters = new Meters(registry, Traces.global());

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
        logger.setAdditive(false);
    }

    @AfterEach
    void leave() {
        logger.detachAppender(lines);
        logger.setAdditive(true);
        logger.setLevel(null);
        meters.close();
    }

    @Test
    void logALineASecondOfBadRecords() {
        long began = System.nanoTime();
        for (int i = 0; i < 10_000; i++) {
            meters.rejected(Feed.TASK_MESSAGE, record(i), "no destination");
        }
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);

        assertThat(List.copyOf(lines.list)).hasSizeBetween(1, (int) seconds + 1);
        assertThat(lines.list.get(0).getFormattedMessage())
                .isEqualTo("Record rejected feed=task-message source=t-0@0 reason=\"no destination\"");
        assertThat(registry.get("events.gateway.rejected")
                        .tag("feed", "task-message")
                        .counter()
                        .count())
                .isEqualTo(10_000);
    }

    @Test
    void logARecordsWayAtDebug() {
        logger.setLevel(Level.DEBUG);
        Event event = Event.message("x", Payload.of(new byte[] {'1'}));
        InboundRecord record = record(7);

        meters.routed(
                Feed.TASK_MESSAGE,
                record,
                List.of(new Entry(new Destination("acme", "view", "1"), event, record.source(), null)));
        meters.appended(Feed.TASK_MESSAGE, List.of(record), Appended.NOTHING);
        meters.rejected(Feed.TASK_MESSAGE, record, "no destination");

        assertThat(lines.list.stream()
                        .filter(line -> line.getLevel() == Level.DEBUG)
                        .map(ILoggingEvent::getFormattedMessage))
                .containsExactly(
                        "Record routed feed=task-message source=t-0@7 destinations=\"acme/view/1\"",
                        "Records appended feed=task-message records=1 events=0 duplicates=0 left=0 sources=t-0@7",
                        "Record rejected feed=task-message source=t-0@7 reason=\"no destination\"");
    }

    private static InboundRecord record(int offset) {
        return new InboundRecord(Feed.TASK_MESSAGE, new Source("t", "id", 0, offset), null, null, List.of(), -1);
    }
}
