package io.eventsgateway.app.manage;

import io.eventsgateway.Destination;
import io.eventsgateway.EventId;
import io.eventsgateway.hub.Hub;
import io.eventsgateway.log.Admission;
import io.eventsgateway.log.EventLog;
import io.eventsgateway.log.Gap;
import io.eventsgateway.log.LogEnd;
import io.eventsgateway.log.Page;
import io.eventsgateway.undertow.OpenStream;
import io.eventsgateway.undertow.OpenStreams;
import io.eventsgateway.undertow.RequestUrl;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Destinations as the management port shows them: what the log has of one, who is connected to it here, and what a subject would get; but never
 * an event's data. Any thread may call.
 */
final class DestinationReport {

    private static final int CONNECTED = 100;
    private static final int NAMES = 100;
    private static final int MOST_NEWEST = 100;
    private static final int MOST_LISTED = 1000;

    private final EventLog log;
    private final Hub hub;
    private final OpenStreams streams;
    private final StreamList list;
    private final String replica;
    private final @Nullable String fallback;

    /**
     * Reports; all is lent.
     *
     * @param fallback the organisation of destinations for which none is named; null where one must be
     */
    DestinationReport(
            EventLog log, Hub hub, OpenStreams streams, StreamList list, String replica, @Nullable String fallback) {
        this.log = log;
        this.hub = hub;
        this.streams = streams;
        this.list = list;
        this.replica = replica;
        this.fallback = fallback;
    }

    /**
     * The destinations that have most streams here, or whose logs have counted most events.
     *
     * @throws IllegalArgumentException with what to change
     */
    Map<String, Object> top(RequestUrl url) {
        Selection which = Selection.of(url, "by", "limit");
        int limit = Queries.number(url, "limit", 20, 1, MOST_LISTED);
        String by = url.value("by");
        if (by != null && !by.equals("streams") && !by.equals("events")) {
            throw new IllegalArgumentException("by is streams or events.");
        }
        Map<Destination, Integer> counts = new HashMap<>();
        int open = 0;
        for (OpenStream stream : streams.all()) {
            if (which.test(stream)) {
                open++;
                stream.destinations().forEach(each -> counts.merge(each, 1, Integer::sum));
            }
        }
        record Row(Destination destination, int streams, long events) {}
        Comparator<Row> order =
                "events".equals(by) ? Comparator.comparingLong(Row::events) : Comparator.comparingInt(Row::streams);
        List<Map<String, Object>> rows = counts.entrySet().stream()
                .map(each -> new Row(each.getKey(), each.getValue(), events(each.getKey())))
                .sorted(order.reversed().thenComparing(Row::destination))
                .limit(limit)
                .map(row -> {
                    Map<String, Object> body = named(row.destination());
                    body.put("streams", row.streams());
                    body.put("events", row.events());
                    return body;
                })
                .toList();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("replica", replica);
        body.put("streams", open);
        body.put("destinations", rows);
        body.put("total", counts.size());
        body.put("more", counts.size() > rows.size());
        return body;
    }

    /** How many events the log has counted; 0 while that is not known here. */
    private long events(Destination destination) {
        EventId end = hub.end(destination);
        return end == null ? 0 : end.sequence();
    }

    /**
     * All that is known of one.
     *
     * @param path {@code type/id}
     * @param worker makes the answer of what the log and the streams' I/O threads found
     * @throws IllegalArgumentException with what to change
     */
    CompletionStage<Map<String, Object>> of(String path, RequestUrl url, Executor worker) {
        Selection asked = Selection.of(url, "newest");
        int newest = Queries.number(url, "newest", 0, 0, MOST_NEWEST);
        Destination destination = destination(path, asked.organisation());
        CompletableFuture<LogEnd> end = log.end(destination).toCompletableFuture();
        CompletableFuture<Page> oldest = log.read(destination, null, 1, 1).toCompletableFuture();
        CompletableFuture<Map<String, Long>> sources = log.sources(destination).toCompletableFuture();
        CompletableFuture<Map<String, Object>> connected =
                list.find(Selection.of(destination), CONNECTED, worker).toCompletableFuture();
        CompletableFuture<List<NewestEvents.Found>> last =
                new NewestEvents(log, destination, newest).find().toCompletableFuture();
        CompletableFuture<List<Map<String, Object>>> subjects = subjects(destination, asked.subjects(), end);
        return CompletableFuture.allOf(end, oldest, sources, connected, last, subjects)
                .thenApplyAsync(
                        done -> {
                            Map<String, Object> body = named(destination);
                            body.putAll(range(oldest.join(), end.join()));
                            body.put("sources", sources(sources.join()));
                            if (newest > 0) {
                                body.put(
                                        "newest",
                                        last.join().stream()
                                                .map(DestinationReport::event)
                                                .toList());
                            }
                            if (!asked.subjects().isEmpty()) {
                                body.put("subjects", subjects.join());
                            }
                            body.put("connected", connected.join());
                            return body;
                        },
                        worker);
    }

    private Destination destination(String path, @Nullable String organisation) {
        String owner = organisation == null ? fallback : organisation;
        if (owner == null) {
            throw new IllegalArgumentException("Name the destination's organisation, as organisation=….");
        }
        int slash = path.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("A destination is type/id.");
        }
        return new Destination(owner, path.substring(0, slash), path.substring(slash + 1));
    }

    private static Map<String, Object> named(Destination destination) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("destination", destination.path());
        body.put("organisation", destination.organisation());
        return body;
    }

    private static Map<String, Object> range(Page oldest, LogEnd end) {
        EventId first = oldest.events().isEmpty() && oldest.large() == null ? null : oldest.first();
        EventId last = end.end().equals(EventId.START) ? null : end.end();
        List<String> excluded =
                end.gate().excluded().stream().sorted().limit(NAMES).toList();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("first", first == null ? null : position(first));
        body.put("last", last == null ? null : position(last));
        body.put("events", first == null || last == null ? 0 : last.sequence() - first.sequence() + 1);
        body.put("ended", end.gate().closed());
        body.put("excluded", excluded);
        body.put("excludedMore", end.gate().excluded().size() > excluded.size());
        return body;
    }

    private static Map<String, Object> position(EventId id) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("position", id.toString());
        body.put("time", Instant.ofEpochMilli(id.millis()).toString());
        return body;
    }

    /** The last record of each partition: its topic by the id that Kafka gave it. */
    private static List<Map<String, Object>> sources(Map<String, Long> offsets) {
        List<Map<String, Object>> all = new ArrayList<>();
        offsets.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .limit(NAMES)
                .forEach(each -> {
                    int dash = each.getKey().lastIndexOf('-');
                    Map<String, Object> body = new LinkedHashMap<>();
                    body.put("topicId", each.getKey().substring(0, dash));
                    body.put("partition", Integer.parseInt(each.getKey().substring(dash + 1)));
                    body.put("offset", each.getValue());
                    all.add(body);
                });
        return all;
    }

    private static Map<String, Object> event(NewestEvents.Found found) {
        Map<String, Object> body = position(found.id());
        body.put("event", found.name());
        body.put("kind", found.kind().name().toLowerCase(Locale.ROOT));
        body.put("bytes", found.bytes());
        return body;
    }

    private CompletableFuture<List<Map<String, Object>>> subjects(
            Destination destination, Set<String> names, CompletionStage<LogEnd> end) {
        List<CompletableFuture<Map<String, Object>>> all = names.stream()
                .sorted()
                .limit(NAMES)
                .map(name -> subject(destination, name, end).toCompletableFuture())
                .toList();
        return CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> all.stream().map(CompletableFuture::join).toList());
    }

    /** What a subject would get that comes without a position and may see the destination. */
    private CompletionStage<Map<String, Object>> subject(
            Destination destination, String name, CompletionStage<LogEnd> end) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("subject", name);
        return log.find(destination, name)
                .thenCompose(served -> {
                    body.put("served", served == null ? null : position(served));
                    return log.read(destination, served, 1, 1);
                })
                .thenCombine(end, (page, tail) -> {
                    body.put("gap", page.gap() == Gap.NONE ? null : page.gap().reason());
                    body.put("pending", pending(page, tail.end()));
                    return tail;
                })
                .thenCombine(log.admission(destination, Set.of(name), Set.of()), (tail, admission) -> {
                    body.put("connects", connects(admission));
                    return body;
                });
    }

    private static long pending(Page next, EventId end) {
        return next.events().isEmpty() && next.large() == null
                ? 0
                : end.sequence() - next.first().sequence() + 1;
    }

    /** What the destination's connects and disconnects say of the subject. */
    private static String connects(Admission admission) {
        return switch (admission) {
            case ENDED -> "ended for it";
            case NAMED -> "names it";
            case NOBODY -> "name nobody";
            case OTHERS -> "name others";
        };
    }
}
