package io.eventsgateway.undertow;

import io.eventsgateway.Destination;
import io.eventsgateway.Text;
import io.eventsgateway.hub.CloseReason;
import io.eventsgateway.hub.Subscription;
import io.eventsgateway.log.Gap;
import io.undertow.server.HttpServerExchange;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs the life of one stream: its end for the access log, and all else at DEBUG. It is there for streams of which something is to be logged
 * only, and keeps what it needs of the request. Owned by the stream's I/O thread.
 */
final class StreamDiary implements StreamWitness {

    /** The logger of the access log. */
    static final String ACCESS = "access";

    private static final Logger LOG = LoggerFactory.getLogger(StreamDiary.class);
    private static final Logger ACCESS_LOG = LoggerFactory.getLogger(ACCESS);

    /** More than the longest id of an event that one destination has. */
    private static final int ID_ROOM = 256;

    private final StreamWitness next;
    private final OpenStream client;
    private final boolean access;
    private final RequestIds ids;
    private final String address;
    private final String protocol;
    private final long begun = System.nanoTime();
    private long events;
    private boolean open;
    private boolean caughtUp;
    private @Nullable CloseReason reason;

    /**
     * Of a stream that is to begin.
     *
     * @param access whether its end is logged for the access log
     * @param next sees the same
     */
    StreamDiary(HttpServerExchange exchange, OpenStream client, boolean access, StreamWitness next) {
        this.next = next;
        this.client = client;
        this.access = access;
        this.ids = RequestIds.of(exchange);
        this.address = address(exchange);
        this.protocol = exchange.getProtocol().toString();
    }

    /** Whether there is anything to log of a stream that begins now. */
    static boolean isWanted(SseOptions options) {
        return options.accessLog() || LOG.isDebugEnabled();
    }

    /** Where a request comes from, in full. */
    static String address(HttpServerExchange exchange) {
        InetSocketAddress source = exchange.getSourceAddress();
        InetAddress known = source.getAddress();
        return known == null ? source.getHostString() : known.getHostAddress();
    }

    @Override
    public void opened() {
        open = true;
        debug(() -> LOG.debug("Stream opened stream={} destinations=\"{}\"", client.number(), destinations()));
        next.opened();
    }

    @Override
    public void delivered(ByteBuffer... frame) {
        events++;
        debug(() -> LOG.debug("Event written stream={} id={}", client.number(), id(frame[frame.length - 1])));
        next.delivered(frame);
    }

    @Override
    public void reset(Destination destination, Gap gap) {
        debug(() -> LOG.debug(
                "Stream reset stream={} destination=\"{}\" reason={}",
                client.number(),
                quoted(destination.path()),
                gap.reason()));
        next.reset(destination, gap);
    }

    @Override
    public void flushed(@Nullable Subscription hub) {
        if (!caughtUp && hub != null && LOG.isDebugEnabled()) {
            hub.standings().thenAccept(all -> {
                if (!caughtUp && all.stream().allMatch(each -> each.behind() == 0)) {
                    caughtUp = true;
                    debug(() -> LOG.debug("Stream caught up stream={} events={}", client.number(), events));
                }
            });
        }
        next.flushed(hub);
    }

    @Override
    public void ends(CloseReason why) {
        if (reason == null) {
            reason = why;
        }
        next.ends(why);
    }

    @Override
    public void gone(EventStream stream, long bytes) {
        String why = (reason == null ? CloseReason.GONE : reason).label();
        String seconds = String.format(Locale.ROOT, "%.3f", (System.nanoTime() - begun) / 1e9);
        debug(() -> LOG.debug(
                "Stream ended stream={} events={} bytes={} seconds={} reason={}",
                client.number(),
                events,
                bytes,
                seconds,
                why));
        // one that has ended before it began was refused, and is logged as that
        if (access && (open || reason != CloseReason.ENDED)) {
            ids.around(() -> ACCESS_LOG.info(
                    "Stream ended address={} organisation={} subject=\"{}\" destinations=\"{}\" protocol={} status=200 events={} bytes={} "
                            + "seconds={} reason={}",
                    address,
                    client.organisation(),
                    quoted(client.subject()),
                    destinations(),
                    protocol,
                    events,
                    bytes,
                    seconds,
                    why));
        }
        next.gone(stream, bytes);
    }

    private void debug(Runnable line) {
        if (LOG.isDebugEnabled()) {
            ids.around(line);
        }
    }

    private String destinations() {
        return quoted(
                client.destinations().stream().sorted().map(Destination::path).collect(Collectors.joining(",")));
    }

    /** Foreign text as it may stand between quotes. */
    private static String quoted(String text) {
        return Text.forLog(text).replace('"', '\'');
    }

    /** The id in the end of an event's bytes. */
    private static String id(ByteBuffer tail) {
        int from = Math.max(tail.position(), tail.limit() - ID_ROOM);
        byte[] bytes = new byte[tail.limit() - from];
        tail.get(from, bytes);
        String text = new String(bytes, StandardCharsets.US_ASCII);
        return Text.forLog(text.substring(text.lastIndexOf("id: ") < 0 ? 0 : text.lastIndexOf("id: ") + 4)
                .strip());
    }
}
