package io.eventsgateway.undertow;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.HttpString;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * What a request is known by in logs, here and elsewhere. It is made where something is logged or refused, and not kept with a stream.
 *
 * @param request its id: the client's X-Request-Id, where that is one, else made up; empty for no request
 * @param trace the id of its trace, by its traceparent (W3C Trace Context); null for none
 */
record RequestIds(String request, @Nullable String trace) {

    static final HttpString HEADER = new HttpString("X-Request-Id");

    /** Of what is no request's. */
    static final RequestIds NONE = new RequestIds("", null);

    private static final HttpString TRACEPARENT = new HttpString("traceparent");
    private static final int MAX_LENGTH = 64;

    /** What a traceparent of version 00 has; one of a later version may have more behind it. */
    private static final int TRACEPARENT_LENGTH = 55;

    /** Those of a request whose headers are there; its answer has its id from now on, so that it keeps one that is made up. */
    static RequestIds of(HttpServerExchange exchange) {
        String answered = exchange.getResponseHeaders().getFirst(HEADER);
        String given = answered == null ? only(exchange, HEADER) : answered;
        String id = given != null && isId(given) ? given : makeUp();
        exchange.getResponseHeaders().put(HEADER, id);
        return new RequestIds(id, trace(only(exchange, TRACEPARENT)));
    }

    private static boolean isId(String text) {
        return !text.isEmpty()
                && text.length() <= MAX_LENGTH
                && text.chars()
                        .allMatch(c -> (c >= 'a' && c <= 'z')
                                || (c >= 'A' && c <= 'Z')
                                || (c >= '0' && c <= '9')
                                || c == '.'
                                || c == '_'
                                || c == '-');
    }

    private static @Nullable String only(HttpServerExchange exchange, HttpString header) {
        HeaderValues values = exchange.getRequestHeaders().get(header);
        return values == null || values.size() != 1 ? null : values.getFirst();
    }

    private static String makeUp() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    }

    /** The trace's id of a traceparent; null where it is none. */
    static @Nullable String trace(@Nullable String traceparent) {
        return traceparent != null && traceparent.length() >= TRACEPARENT_LENGTH && isTraceparent(traceparent)
                ? traceparent.substring(3, 35)
                : null;
    }

    private static boolean isTraceparent(String text) {
        boolean ends = text.length() == TRACEPARENT_LENGTH
                || (text.charAt(TRACEPARENT_LENGTH) == '-' && !text.startsWith("00"));
        return ends
                && text.charAt(2) == '-'
                && text.charAt(35) == '-'
                && text.charAt(52) == '-'
                && isHex(text, 0, 2)
                && !text.startsWith("ff")
                && isHexAndNotZero(text, 3, 35)
                && isHexAndNotZero(text, 36, 52)
                && isHex(text, 53, TRACEPARENT_LENGTH);
    }

    private static boolean isHexAndNotZero(String text, int from, int to) {
        return isHex(text, from, to) && text.substring(from, to).chars().anyMatch(c -> c != '0');
    }

    private static boolean isHex(String text, int from, int to) {
        return text.substring(from, to).chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    }

    /** Has the lines that a task logs name the request. */
    void around(Runnable task) {
        if (request.isEmpty()) {
            task.run();
            return;
        }
        MDC.put("requestId", request);
        if (trace != null) {
            MDC.put("traceId", trace);
        }
        try {
            task.run();
        } finally {
            MDC.remove("requestId");
            MDC.remove("traceId");
        }
    }
}
