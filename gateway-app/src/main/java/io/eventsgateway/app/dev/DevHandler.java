package io.eventsgateway.app.dev;

import io.eventsgateway.app.manage.JsonAnswer;
import io.eventsgateway.app.manage.ManagementHandler;
import io.eventsgateway.app.manage.PageGuard;
import io.eventsgateway.route.InboundRecord.Header;
import io.eventsgateway.topic.Feed;
import io.eventsgateway.undertow.Problem;
import io.eventsgateway.undertow.RequestUrl;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the page of the embedded profile can do beyond any gateway's: {@code GET /dev/info}, and {@code POST /dev/records/{topic}}. */
public final class DevHandler implements HttpHandler {

    private static final String RECORDS = "/dev/records/";
    private static final int MAX_RECORD = 10 * 1024 * 1024;

    private final DevRecords records;
    private final PageGuard guard;

    /** A handler of everything below {@code /dev}. */
    public DevHandler(DevRecords records, PageGuard guard) {
        this.guard = guard;
        this.records = records;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        String path;
        try {
            path = RequestUrl.path(exchange);
        } catch (IllegalArgumentException malformed) {
            new Problem(400, String.valueOf(malformed.getMessage())).send(exchange);
            return;
        }
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
            new Problem(405, "/dev/info is read with GET, records are sent with POST.").send(exchange);
        } else if (path.equals("/dev/info")) {
            JsonAnswer.send(exchange, 200, info());
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
                JsonAnswer.send(exchange, 202, Map.of("feed", feed.label()));
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
                "feeds",
                feeds);
    }
}
