package io.eventsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.eventsgateway.Destination;
import io.eventsgateway.EventId;
import io.eventsgateway.Source;
import io.eventsgateway.hub.DeliverySpan;
import io.eventsgateway.route.InboundRecord;
import io.eventsgateway.route.InboundRecord.Header;
import io.eventsgateway.route.RecordSpan;
import io.eventsgateway.route.RecordSpan.Outcome;
import io.eventsgateway.topic.Feed;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TracesTest {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SENDER = "b7ad6b7169203331";
    private static final String SAMPLED = "00-" + TRACE + "-" + SENDER + "-01";
    private static final EventId ID = new EventId(7, 1000, 3);

    private final InMemorySpanExporter exported = InMemorySpanExporter.create();
    private final SdkTracerProvider provider = provider(Sampler.parentBased(Sampler.alwaysOff()));
    private final Traces traces = traces(provider);

    @AfterEach
    void stop() {
        provider.close();
    }

    @Test
    void continuesTheTraceOfARecordUntilItIsInTheLog() {
        RecordSpan span = traces.taken(Feed.TASK_MESSAGE, record(SAMPLED));
        assertThat(span).isNotNull();
        span.routed(new Destination("acme", "view", "1"));
        assertThat(spans()).isEmpty();

        span.end(Outcome.APPENDED, null);

        SpanData made = only();
        assertThat(made.getName()).isEqualTo("process tasks");
        assertThat(made.getKind()).isEqualTo(SpanKind.CONSUMER);
        assertThat(made.getTraceId()).isEqualTo(TRACE);
        assertThat(made.getParentSpanId()).isEqualTo(SENDER);
        assertThat(made.getSpanContext().getTraceState().get("vendor")).isEqualTo("1");
        assertThat(made.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(text(made, "messaging.system")).isEqualTo("kafka");
        assertThat(text(made, "messaging.destination.name")).isEqualTo("tasks");
        assertThat(text(made, "messaging.destination.partition.id")).isEqualTo("2");
        assertThat(made.getAttributes().get(AttributeKey.longKey("messaging.kafka.offset")))
                .isEqualTo(41);
        assertThat(text(made, "events_gateway.destination.type")).isEqualTo("view");
        assertThat(text(made, "events_gateway.destination.id")).isEqualTo("1");
        assertThat(text(made, "events_gateway.outcome")).isEqualTo("appended");
    }

    @Test
    void makesADeliveryAChildOfTheRecordsSpan() {
        RecordSpan span = traces.taken(Feed.TASK_MESSAGE, record(SAMPLED));
        assertThat(span).isNotNull();
        span.end(Outcome.APPENDED, null);
        SpanData process = only();
        exported.reset();

        DeliverySpan delivery = traces.delivering(new Destination("acme", "view", "1"), ID, span.traceparent());
        assertThat(delivery).isNotNull();
        delivery.end(true);

        SpanData made = only();
        assertThat(made.getName()).isEqualTo("deliver view");
        assertThat(made.getKind()).isEqualTo(SpanKind.PRODUCER);
        assertThat(made.getTraceId()).isEqualTo(TRACE);
        assertThat(made.getParentSpanId()).isEqualTo(process.getSpanId());
        assertThat(made.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(text(made, "messaging.message.id")).isEqualTo(ID.toString());
        assertThat(text(made, "events_gateway.destination.id")).isEqualTo("1");
    }

    @Test
    void marksADeliveryThatTheEndOfTheStreamCutOff() {
        DeliverySpan delivery = traces.delivering(new Destination("acme", "view", "1"), ID, SAMPLED);
        assertThat(delivery).isNotNull();

        delivery.end(false);

        assertThat(only().getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    }

    @Test
    void saysWhyARecordWasNotAppended() {
        RecordSpan span = traces.taken(Feed.TASK_MESSAGE, record(SAMPLED));
        assertThat(span).isNotNull();

        span.end(Outcome.REJECTED, "no destination");

        SpanData made = only();
        assertThat(made.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(made.getStatus().getDescription()).isEqualTo("no destination");
        assertThat(text(made, "error.type")).isEqualTo("rejected");
    }

    @Test
    void isCurrentWhileADeadLetterIsSent() {
        RecordSpan span = traces.taken(Feed.TASK_MESSAGE, record(SAMPLED));
        assertThat(span).isNotNull();

        String within = span.within(() -> Span.current().getSpanContext().getSpanId());

        assertThat(span.traceparent()).isEqualTo("00-" + TRACE + "-" + within + "-01");
        assertThat(Span.current().getSpanContext().isValid()).isFalse();
    }

    @Test
    void namesNoUser() {
        for (String id : List.of("ann", Destination.EVERYONE)) {
            DeliverySpan delivery = traces.delivering(new Destination("acme", Destination.USER, id), ID, SAMPLED);
            assertThat(delivery).isNotNull();
            delivery.end(true);
        }

        assertThat(spans())
                .extracting(each -> text(each, "events_gateway.destination.id"))
                .containsExactly(null, Destination.EVERYONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00-" + TRACE + "-" + SENDER + "-00", "00-" + TRACE + "-" + SENDER + "-02", "01"})
    void leavesARecordAloneThatIsNotSampled(String traceparent) {
        assertThat(traces.taken(Feed.TASK_MESSAGE, record(traceparent))).isNull();
        assertThat(traces.taken(Feed.TASK_MESSAGE, record(null))).isNull();
        assertThat(traces.delivering(new Destination("acme", "view", "1"), ID, traceparent))
                .isNull();
    }

    @Test
    void storesNoTraceContextWhereTheSamplerOrNobodyWantsSpans() {
        try (SdkTracerProvider off = provider(Sampler.alwaysOff())) {
            assertThat(traces(off).taken(Feed.TASK_MESSAGE, record(SAMPLED))).isNull();
            assertThat(traces(off).delivering(new Destination("acme", "view", "1"), ID, SAMPLED))
                    .isNull();
        }
        Traces nobody = new Traces(OpenTelemetry.noop());
        assertThat(nobody.taken(Feed.TASK_MESSAGE, record(SAMPLED))).isNull();
        assertThat(nobody.delivering(new Destination("acme", "view", "1"), ID, SAMPLED))
                .isNull();
    }

    @Test
    void allocatesNothingForARecordWhereNobodyListens() {
        Traces nobody = new Traces(OpenTelemetry.noop());
        InboundRecord sampled = record(SAMPLED);
        ThreadMXBean memory = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
        nobody.taken(Feed.TASK_MESSAGE, sampled);

        long before = memory.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10_000; i++) {
            nobody.taken(Feed.TASK_MESSAGE, sampled);
        }
        long after = memory.getCurrentThreadAllocatedBytes();

        assertThat(after - before).isLessThan(10_000);
    }

    private SdkTracerProvider provider(Sampler sampler) {
        return SdkTracerProvider.builder()
                .setSampler(sampler)
                .addSpanProcessor(SimpleSpanProcessor.create(exported))
                .build();
    }

    private static Traces traces(SdkTracerProvider provider) {
        return new Traces(OpenTelemetrySdk.builder().setTracerProvider(provider).build());
    }

    private List<SpanData> spans() {
        return exported.getFinishedSpanItems();
    }

    private SpanData only() {
        assertThat(spans()).hasSize(1);
        return spans().get(0);
    }

    private static @Nullable String text(SpanData span, String key) {
        return span.getAttributes().get(AttributeKey.stringKey(key));
    }

    private static InboundRecord record(@Nullable String traceparent) {
        List<Header> headers = traceparent == null
                ? List.of()
                : List.of(
                        new Header("traceparent", traceparent.getBytes(StandardCharsets.UTF_8)),
                        new Header("tracestate", "vendor=1".getBytes(StandardCharsets.UTF_8)));
        return new InboundRecord(Feed.TASK_MESSAGE, new Source("tasks", "id", 2, 41), null, null, headers);
    }
}
