package io.eventsgateway.app;

import io.eventsgateway.Destination;
import io.eventsgateway.EventId;
import io.eventsgateway.Source;
import io.eventsgateway.Text;
import io.eventsgateway.hub.DeliverySpan;
import io.eventsgateway.route.InboundRecord;
import io.eventsgateway.route.RecordSpan;
import io.eventsgateway.topic.Feed;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Adds spans to the traces of records that carry a sampled {@code traceparent}, where an OpenTelemetry SDK is installed; begins no trace. Any
 * thread may call. Names and attributes are those of OpenTelemetry's semantic conventions for messaging, and of {@code events_gateway} where
 * these have none.
 */
final class Traces {

    private static final int SAMPLED = 1;
    private static final int FLAGS_AT = 53;
    private static final int MAX_REASON = 300;

    private static final TextMapGetter<InboundRecord> HEADERS = (in, name) -> in == null ? null : in.header(name);
    private static final TextMapGetter<String> ALONE =
            (traceparent, name) -> name.equals("traceparent") ? traceparent : null;

    private final Tracer tracer;

    /** Spans of an OpenTelemetry, which is lent. */
    Traces(OpenTelemetry telemetry) {
        this.tracer = telemetry.getTracer("io.eventsgateway");
    }

    /** Spans of what is installed in this JVM by now, as by the Java agent. */
    static Traces global() {
        return new Traces(GlobalOpenTelemetry.getOrNoop());
    }

    /** Begins the span of a record's way into the log; null where the record is not traced. */
    @Nullable
    RecordSpan taken(Feed feed, InboundRecord in) {
        if (!tracer.isEnabled() || !isSampled(in.traceparent())) {
            return null;
        }
        Source source = in.source();
        byte[] value = in.value();
        Span span = tracer.spanBuilder("process " + source.topic())
                .setParent(W3CTraceContextPropagator.getInstance().extract(Context.root(), in, HEADERS))
                .setSpanKind(SpanKind.CONSUMER)
                .setAttribute("messaging.system", "kafka")
                .setAttribute("messaging.operation.name", "process")
                .setAttribute("messaging.operation.type", "process")
                .setAttribute("messaging.destination.name", source.topic())
                .setAttribute("messaging.destination.partition.id", Integer.toString(source.partition()))
                .setAttribute("messaging.kafka.offset", source.offset())
                .setAttribute("messaging.message.body.size", value == null ? 0L : value.length)
                .setAttribute("events_gateway.feed", feed.label())
                .startSpan();
        return span.isRecording() ? new TracedRecord(span) : null;
    }

    /** Begins the span of an event's delivery to one stream; null where the event is not traced. */
    @Nullable
    DeliverySpan delivering(Destination destination, EventId id, String traceparent) {
        if (!tracer.isEnabled() || !isSampled(traceparent)) {
            return null;
        }
        Span span = tracer.spanBuilder("deliver " + destination.type())
                .setParent(W3CTraceContextPropagator.getInstance().extract(Context.root(), traceparent, ALONE))
                .setSpanKind(SpanKind.PRODUCER)
                .setAttribute("messaging.system", "events_gateway")
                .setAttribute("messaging.operation.name", "deliver")
                .setAttribute("messaging.operation.type", "send")
                .setAttribute("messaging.message.id", id.toString())
                .startSpan();
        name(span, destination);
        return span.isRecording()
                ? written -> {
                    if (!written) {
                        span.setStatus(StatusCode.ERROR, "the stream ended before it was written");
                    }
                    span.end();
                }
                : null;
    }

    /** Names a destination, but no user. */
    private static void name(Span span, Destination destination) {
        span.setAttribute("events_gateway.organisation", destination.organisation());
        span.setAttribute("events_gateway.destination.type", destination.type());
        if (!destination.type().equals(Destination.USER) || destination.id().equals(Destination.EVERYONE)) {
            span.setAttribute("events_gateway.destination.id", destination.id());
        }
    }

    /** Whether there is a trace context that says so (W3C Trace Context, 3.2.2.5). */
    private static boolean isSampled(@Nullable String traceparent) {
        return traceparent != null
                && traceparent.length() == FLAGS_AT + 2
                && (Character.digit(traceparent.charAt(FLAGS_AT + 1), 16) & SAMPLED) != 0;
    }

    private record TracedRecord(Span span) implements RecordSpan {

        @Override
        public String traceparent() {
            SpanContext own = span.getSpanContext();
            return "00-" + own.getTraceId() + "-" + own.getSpanId() + "-"
                    + own.getTraceFlags().asHex();
        }

        @Override
        public void routed(Destination destination) {
            name(span, destination);
        }

        @Override
        public <T> T within(Supplier<T> step) {
            try (Scope current = Context.root().with(span).makeCurrent()) {
                return step.get();
            }
        }

        @Override
        public void end(Outcome outcome, @Nullable String why) {
            String label = outcome.name().toLowerCase(Locale.ROOT);
            span.setAttribute("events_gateway.outcome", label);
            if (why != null) {
                span.setAttribute("error.type", label);
                span.setStatus(StatusCode.ERROR, Text.forLog(why, MAX_REASON));
            }
            span.end();
        }
    }
}
