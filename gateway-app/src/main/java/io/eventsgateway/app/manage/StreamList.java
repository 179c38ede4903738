package io.eventsgateway.app.manage;

import io.eventsgateway.Destination;
import io.eventsgateway.EventId;
import io.eventsgateway.Text;
import io.eventsgateway.hub.Standing;
import io.eventsgateway.undertow.OpenStream;
import io.eventsgateway.undertow.OpenStreams;
import io.eventsgateway.undertow.RequestUrl;
import io.eventsgateway.undertow.StreamDetails;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The streams that are open on this replica, as the management port shows and ends them. Any thread may call. */
final class StreamList {

    private static final Logger LOG = LoggerFactory.getLogger(StreamList.class);
    private static final int USUAL = 200;
    private static final int MOST = 1000;

    private final OpenStreams streams;
    private final String replica;
    private final Duration drain;

    /**
     * A list.
     *
     * @param streams lent
     * @param replica this one's name, which no other one has
     * @param drain over how long streams are ended
     */
    StreamList(OpenStreams streams, String replica, Duration drain) {
        this.streams = streams;
        this.replica = replica;
        this.drain = drain;
    }

    /**
     * The newest streams that a query selects, at most as many as its {@code limit}.
     *
     * @param worker makes the answer of what the streams' I/O threads found
     * @throws IllegalArgumentException with what to change
     */
    CompletionStage<Map<String, Object>> find(RequestUrl url, Executor worker) {
        Selection which = Selection.of(url, "limit");
        return find(which, Queries.number(url, "limit", USUAL, 1, MOST), worker);
    }

    CompletionStage<Map<String, Object>> find(Predicate<OpenStream> which, int most, Executor worker) {
        return streams.look(which, most)
                .thenApplyAsync(
                        seen -> {
                            Map<String, Object> body = new LinkedHashMap<>();
                            body.put("replica", replica);
                            body.put(
                                    "streams",
                                    seen.found().stream().map(this::stream).toList());
                            body.put("total", seen.total());
                            body.put("more", seen.total() > seen.found().size());
                            return body;
                        },
                        worker);
    }

    /**
     * Ends the stream that a query names by its {@code id}, or a {@code share} of those it selects; says how many.
     *
     * @return null where the stream that is named is not there
     * @throws IllegalArgumentException with what to change
     */
    @Nullable
    Map<String, Object> end(RequestUrl url) {
        Selection which = Selection.of(url, "id", "share");
        String id = url.value("id");
        String share = url.value("share");
        if ((id == null) == (share == null)) {
            throw new IllegalArgumentException(
                    "To end streams name one by id, or a share of those selected, as share=0.3.");
        }
        int ended;
        if (id == null) {
            ended = streams.end(which, Queries.share(share), drain);
        } else {
            ended = streams.end(stream -> which.test(stream) && id(stream).equals(id), 1, Duration.ZERO);
            if (ended == 0) {
                return null;
            }
        }
        LOG.info(
                "Streams ended by an operator count={} over={}",
                ended,
                Text.seconds(id == null ? drain : Duration.ZERO));
        return Map.of("replica", replica, "ended", ended, "overSeconds", id == null ? drain.toSeconds() : 0);
    }

    private String id(OpenStream stream) {
        return replica + "-" + stream.number();
    }

    private Map<String, Object> stream(StreamDetails details) {
        OpenStream stream = details.stream();
        boolean blocked = !details.blocked().isZero();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", id(stream));
        body.put("organisation", stream.organisation());
        body.put("subject", stream.subject());
        body.put("address", stream.address().name().toLowerCase(Locale.ROOT));
        body.put("since", stream.since().toString());
        body.put(
                "destinations",
                details.standings().stream().map(each -> standing(each, stream)).toList());
        body.put("behind", behind(details));
        body.put(
                "blockedSince", blocked ? Instant.now().minus(details.blocked()).toString() : null);
        body.put("bytesWritten", details.bytesWritten());
        return body;
    }

    private static Map<String, Object> standing(Standing standing, OpenStream stream) {
        Destination destination = standing.destination();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("destination", destination.path());
        if (!destination.organisation().equals(stream.organisation())) {
            body.put("organisation", destination.organisation());
        }
        body.put(
                "position",
                standing.position().equals(EventId.START)
                        ? null
                        : standing.position().toString());
        body.put("behind", standing.behind() == Standing.UNKNOWN ? null : standing.behind());
        return body;
    }

    /** Of all destinations together; null where it is not known of each. */
    private static @Nullable Long behind(StreamDetails details) {
        return details.standings().stream().anyMatch(each -> each.behind() == Standing.UNKNOWN)
                ? null
                : details.standings().stream().mapToLong(Standing::behind).sum();
    }
}
