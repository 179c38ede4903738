package io.eventsgateway.app.dev;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.eventsgateway.app.manage.ManagementHandler;
import io.eventsgateway.app.manage.PageGuard;
import io.eventsgateway.route.InboundRecord.Header;
import io.eventsgateway.topic.Feed;
import io.eventsgateway.undertow.Problem;
import io.eventsgateway.undertow.RequestUrl;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The embedded profile's page, what it asks for, and {@code POST /dev/records/{topic}}. */
public final class DevHandler implements HttpHandler {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpString POLICY = new HttpString("Content-Security-Policy");
    private static final String RECORDS = "/dev/records/";
    private static final int MAX_RECORD = 10 * 1024 * 1024;
    private static final Map<String, String> FILES = Map.of(
            "/", "index.html",
            "/dev/app.css", "app.css",
            "/dev/app.js", "app.js");
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html;charset=utf-8",
            "css", "text/css;charset=utf-8",
            "js", "text/javascript;charset=utf-8");

    private final DevRecords records;
    private final Duration heartbeat;
    private final PageGuard guard;

    /** A handler of the root and of everything below {@code /dev}. */
    public DevHandler(DevRecords records, Duration heartbeat, PageGuard guard) {
        this.guard = guard;
        this.records = records;
        this.heartbeat = heartbeat;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws IOException {
        String path;
        try {
            path = RequestUrl.path(exchange);
        } catch (IllegalArgumentException malformed) {
            new Problem(400, String.valueOf(malformed.getMessage())).send(exchange);
            return;
        }
        String file = FILES.get(path);
        String refusal = guard.refusal(exchange);
        if (refusal != null) {
            new Problem(403, refusal).send(exchange);
        } else if (exchange.getRequestMethod().equals(Methods.POST)
                && !PageGuard.isJson(exchange.getRequestHeaders().getFirst(Headers.CONTENT_TYPE))) {
            new Problem(415, "A record is sent with the Content-Type application/json.").send(exchange);
        } else if (exchange.getRequestMethod().equals(Methods.POST) && path.startsWith(RECORDS)) {
            exchange.setMaxEntitySize(MAX_RECORD);
            exchange.getRequestReceiver()
                    .receiveFullBytes(
                            (ended, value) -> take(ended, path, value),
                            (broken, failure) -> new Problem(413, "A record has at most 10 MB here.").send(broken));
        } else if (!exchange.getRequestMethod().equals(Methods.GET)) {
            new Problem(405, "The page is read with GET, records are sent with POST.").send(exchange);
        } else if (file != null) {
            sendFile(exchange, file);
        } else if (path.equals("/dev/info")) {
            answer(exchange, 200, info());
        } else {
            new Problem(404, "There is /dev/info and POST /dev/records/{topic}.").send(exchange);
        }
    }

    private void take(HttpServerExchange exchange, String path, byte[] value) {
        String topic = path.substring(RECORDS.length());
        List<String> keys;
        try {
            keys = RequestUrl.of(exchange).values("key");
        } catch (IllegalArgumentException malformed) {
            new Problem(400, String.valueOf(malformed.getMessage())).send(exchange);
            return;
        }
        Feed feed = records.feed(topic);
        if (feed == null) {
            new Problem(404, "No feed reads this topic; /dev/info lists those that are.").send(exchange);
            return;
        }
        List<Header> headers = new ArrayList<>();
        exchange.getRequestHeaders().forEach(header -> {
            String name = header.getHeaderName().toString();
            if (name.regionMatches(true, 0, "Fx-", 0, 3) || name.equalsIgnoreCase("traceparent")) {
                headers.add(new Header(canonical(name), header.getFirst().getBytes(StandardCharsets.UTF_8)));
            }
        });
        byte[] keyBytes = keys.isEmpty() ? new byte[0] : keys.get(0).getBytes(StandardCharsets.UTF_8);
        records.accept(feed, topic, keyBytes, value, headers).whenComplete((reason, failure) -> {
            if (failure != null) {
                new Problem(500, "The gateway has a fault; its log says more.").send(exchange);
            } else if (reason != null) {
                new Problem(422, reason).send(exchange);
            } else {
                answer(exchange, 202, Map.of("feed", feed.label()));
            }
        });
    }

    /** Kafka's header names know upper and lower case, HTTP's do not. */
    private static String canonical(String name) {
        for (String known : List.of("Fx-Organization-Id", "Fx-Event")) {
            if (known.equalsIgnoreCase(name)) {
                return known;
            }
        }
        return name;
    }

    private Map<String, Object> info() {
        List<Map<String, String>> feeds = records.bindings().stream()
                .map(each -> Map.of(
                        "name", each.feed().label(),
                        "topic", each.feed().isPattern() ? each.reads().replace(".*", ".demo.v1") : each.reads(),
                        "type", each.feed().destinationType(),
                        "kind", each.feed().kind().name().toLowerCase(Locale.ROOT)))
                .toList();
        return Map.of(
                "version",
                ManagementHandler.version(),
                "destination",
                "process-instance/" + DemoProcess.INSTANCE,
                "heartbeatSeconds",
                heartbeat.toSeconds(),
                "feeds",
                feeds);
    }

    private static void sendFile(HttpServerExchange exchange, String file) throws IOException {
        try (InputStream in = DevHandler.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IOException(file + " is not beside " + DevHandler.class.getName());
            }
            String type = TYPES.get(file.substring(file.indexOf('.') + 1));
            exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, type == null ? "text/plain" : type);
            exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-cache");
            exchange.getResponseHeaders().put(POLICY, "default-src 'self'; img-src 'self' data:");
            exchange.getResponseSender().send(ByteBuffer.wrap(in.readAllBytes()));
        }
    }

    private static void answer(HttpServerExchange exchange, int status, Map<String, ?> body) {
        exchange.setStatusCode(status);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
        exchange.getResponseSender().send(write(body));
    }

    private static String write(@Nullable Object body) {
        try {
            return JSON.writeValueAsString(body);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
