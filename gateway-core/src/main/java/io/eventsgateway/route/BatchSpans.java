package io.eventsgateway.route;

import io.eventsgateway.Source;
import io.eventsgateway.log.Appended;
import io.eventsgateway.log.Left;
import io.eventsgateway.route.RecordSpan.Outcome;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The spans of those records of a batch that are traced. Used by one thread at a time. */
final class BatchSpans {

    /** Null until there is one, which most batches never have. */
    private @Nullable Map<Source, RecordSpan> spans;

    /** Adds the span of a record; null where it has none. */
    void add(Source source, @Nullable RecordSpan span) {
        if (span != null) {
            if (spans == null) {
                spans = new HashMap<>();
            }
            spans.put(source, span);
        }
    }

    /** The span of a record; null where it has none. */
    @Nullable
    RecordSpan of(Source source) {
        return spans == null ? null : spans.get(source);
    }

    /** Ends the span of a record that is in the dead letters. */
    void rejected(Source source, String reason) {
        end(source, Outcome.REJECTED, reason);
    }

    /** Ends the spans of a batch that the log has taken, except for what was left. */
    void taken(Appended result) {
        if (spans != null) {
            for (Left left : result.left()) {
                end(left.source(), Outcome.LEFT, left.cause());
            }
            endAll(Outcome.APPENDED, null);
        }
    }

    /** Ends the spans of a batch that has to be given again. */
    void failed(Throwable failure) {
        endAll(Outcome.LEFT, failure.toString());
    }

    private void end(Source source, Outcome outcome, String why) {
        RecordSpan span = spans == null ? null : spans.remove(source);
        if (span != null) {
            span.end(outcome, why);
        }
    }

    private void endAll(Outcome outcome, @Nullable String why) {
        if (spans != null) {
            spans.values().forEach(span -> span.end(outcome, why));
            spans = null;
        }
    }
}
