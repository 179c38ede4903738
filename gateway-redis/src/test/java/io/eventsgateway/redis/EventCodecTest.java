package io.eventsgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.Event;
import io.eventsgateway.Payload;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is stored, byte for byte, since replicas of several builds share it. */
class EventCodecTest {

    private static final String CONTEXT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final Payload DATA = Payload.of("{\"n\":1}\n".getBytes(StandardCharsets.UTF_8));

    @Test
    void writesAMessageWithoutATraceContextAsItAlwaysWas() {
        Event event = Event.message("data", DATA);

        assertThat(text(EventCodec.encode(event))).isEqualTo("m\ndata\n\n\n{\"n\":1}\n");
        assertThat(EventCodec.decode(EventCodec.encode(event), 0)).isEqualTo(event);
    }

    @Test
    void writesATraceContextWhereEarlierBuildsLookForSubjects() {
        Event event = Event.message("data", DATA).withTraceparent(CONTEXT);

        assertThat(text(EventCodec.encode(event))).isEqualTo("m\ndata\n" + CONTEXT + "\n\n{\"n\":1}\n");
        assertThat(EventCodec.decode(EventCodec.encode(event), 0)).isEqualTo(event);
        // what those builds make of it
        assertThat(new Event(Event.Kind.MESSAGE, "data", DATA, Set.of(CONTEXT), Set.of(), null))
                .isNotNull();
    }

    @Test
    void writesATraceContextBesideTheReferenceToLargeData() {
        Event event = Event.message("data", DATA);
        byte[] without = EventCodec.encodeReference(event, "t-0@1");
        byte[] with = EventCodec.encodeReference(event.withTraceparent(CONTEXT), "t-0@1");

        assertThat(EventCodec.traceparent(without)).isNull();
        assertThat(EventCodec.traceparent(with)).isEqualTo(CONTEXT);
        assertThat(EventCodec.name(with)).isEqualTo("data");
        assertThat(EventCodec.reference(with)).isEqualTo(new EventCodec.Reference(8, "t-0@1"));
    }

    @Test
    void keepsSubjectsAndRolesOfAConnect() {
        Event event = Event.connect(Set.of("ann", "bob"), Set.of("clerk"));

        assertThat(EventCodec.decode(EventCodec.encode(event), 0)).isEqualTo(event);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
