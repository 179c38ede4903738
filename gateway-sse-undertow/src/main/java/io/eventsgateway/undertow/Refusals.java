package io.eventsgateway.undertow;

import io.eventsgateway.Text;
import io.eventsgateway.hub.Timer;
import io.undertow.server.HttpServerExchange;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts who is refused, and logs each reason when it first occurs and then once a minute, with how many there were, for as long as it
 * lasts; detail and request are those of the last one. Any thread may call.
 */
final class Refusals {

    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);
    private static final Duration EVERY = Duration.ofMinutes(1);

    private static final Logger ACCESS = LoggerFactory.getLogger(StreamDiary.ACCESS);

    private final StreamListener listener;
    private final Timer timer;
    private final boolean accessLog;
    private final Map<Refusal, Minute> minutes = new EnumMap<>(Refusal.class);

    /**
     * Nobody yet.
     *
     * @param accessLog whether each request that is refused is logged
     */
    Refusals(StreamListener listener, Timer timer, boolean accessLog) {
        this.listener = listener;
        this.timer = timer;
        this.accessLog = accessLog;
        for (Refusal reason : Refusal.values()) {
            minutes.put(reason, new Minute(reason));
        }
    }

    /**
     * A request is refused, whose answer gets its id.
     *
     * @param status the answer's
     * @param detail the reason that its client gets
     * @return its ids
     */
    RequestIds add(HttpServerExchange exchange, Refusal reason, int status, String detail) {
        RequestIds ids = RequestIds.of(exchange);
        add(reason, detail, ids);
        if (accessLog) {
            ids.around(() -> ACCESS.info(
                    "Stream refused address={} protocol={} status={} reason={}",
                    StreamDiary.address(exchange),
                    exchange.getProtocol(),
                    status,
                    reason.label()));
        }
        return ids;
    }

    /**
     * A request was refused, or its answer withheld.
     *
     * @param detail the reason that its client got
     */
    void add(Refusal reason, String detail, RequestIds ids) {
        listener.refused(reason);
        if (reason != Refusal.FAULT) {
            if (LOG.isDebugEnabled()) {
                ids.around(
                        () -> LOG.debug("Client refused reason={} detail=\"{}\"", reason.label(), Text.forLog(detail)));
            }
            Objects.requireNonNull(minutes.get(reason)).add(detail, ids);
        }
    }

    /** The refusals for one reason since it was last logged. */
    private final class Minute {

        private final Refusal reason;

        // guarded by this
        private boolean running;
        private long count;
        private String detail = "";
        private RequestIds ids = RequestIds.NONE;

        Minute(Refusal reason) {
            this.reason = reason;
        }

        void add(String newDetail, RequestIds newIds) {
            synchronized (this) {
                count++;
                detail = newDetail;
                ids = newIds;
                if (running) {
                    return;
                }
                running = true;
            }
            over();
        }

        /** Logs what there was and begins another minute; without any, the next refusal begins it. */
        private void over() {
            long refused;
            String last;
            RequestIds lastIds;
            synchronized (this) {
                refused = count;
                last = detail;
                lastIds = ids;
                count = 0;
                running = refused > 0;
            }
            if (refused > 0) {
                lastIds.around(() -> log(refused, Text.forLog(last)));
                timer.after(EVERY, this::over);
            }
        }

        private void log(long refused, String last) {
            String line = "Clients refused reason={} refused={} detail=\"{}\"";
            switch (reason) {
                case STARTING, DRAINING, ENDED -> LOG.info(line, reason.label(), refused, last);
                default -> LOG.warn(line, reason.label(), refused, last);
            }
        }
    }
}
