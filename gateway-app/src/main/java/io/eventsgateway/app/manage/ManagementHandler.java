package io.eventsgateway.app.manage;

import com.fasterxml.jackson.databind.JsonNode;
import io.eventsgateway.undertow.Problem;
import io.eventsgateway.undertow.RequestUrl;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Health, info, metrics, log levels, streams and destinations under {@code /manage/actuator}, in the shapes of Spring Boot's actuator. */
public final class ManagementHandler implements HttpHandler {

    private static final String BASE = "/manage/actuator/";
    private static final String INDEX = "/";
    private static final String HEALTH = "health/";
    private static final String LOGGER = "loggers/";
    private static final String METRIC = "metrics/";
    private static final int MAX_BODY = 1024;
    private static final String BODY = "The body is JSON: {\"configuredLevel\":\"DEBUG\"}.";

    /** Names and paths of the index. */
    private static final Map<String, String> LINKS = new TreeMap<>(Map.of(
            "health", "health",
            "health-path", "health/{*path}",
            "info", "info",
            "loggers", "loggers",
            "loggers-name", "loggers/{name}",
            "metrics", "metrics",
            "metrics-requiredMetricName", "metrics/{requiredMetricName}",
            "prometheus", "prometheus"));

    private final Health health;
    private final PrometheusMeterRegistry registry;
    private final Metrics metrics;
    private final PageGuard guard;
    private final @Nullable Operations operations;
    private final Loggers loggers = new Loggers();

    /** A handler that browsers may ask by an address or a name without a dot; everything is lent. */
    public ManagementHandler(Health health, PrometheusMeterRegistry registry) {
        this(health, registry, new PageGuard(Set.of()), null);
    }

    /**
     * A handler; everything is lent.
     *
     * @param operations on streams and destinations; null for none
     */
    public ManagementHandler(
            Health health, PrometheusMeterRegistry registry, PageGuard guard, @Nullable Operations operations) {
        this.guard = guard;
        this.operations = operations;
        this.health = health;
        this.registry = registry;
        this.metrics = new Metrics(registry);
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
        boolean index = path.equals(BASE) || (path + "/").equals(BASE);
        String what = path.startsWith(BASE) && !index ? path.substring(BASE.length()) : index ? INDEX : "";
        boolean logger = what.startsWith(LOGGER);
        String method = exchange.getRequestMethod().toString();
        boolean reads = method.equals(Methods.GET_STRING) || method.equals(Methods.HEAD_STRING);
        String refusal =
                reads && (what.equals("health") || what.startsWith("health/")) ? null : guard.refusal(exchange);
        if (refusal != null) {
            new Problem(403, refusal).send(exchange);
        } else if (operations != null && operations.answers(what)) {
            operations.handle(exchange, what);
        } else if (logger && exchange.getRequestMethod().equals(Methods.POST)) {
            String type = exchange.getRequestHeaders().getFirst(Headers.CONTENT_TYPE);
            if (!PageGuard.isJson(type)) {
                // which a page of another origin can't say without being asked about
                new Problem(415, BODY + " Its Content-Type is application/json.").send(exchange);
                return;
            }
            exchange.setMaxEntitySize(MAX_BODY);
            exchange.getRequestReceiver()
                    .receiveFullBytes(
                            (received, body) -> set(received, what.substring(LOGGER.length()), body),
                            (broken, failure) -> new Problem(400, BODY).send(broken));
        } else if (reads) {
            read(exchange, what);
        } else {
            exchange.getResponseHeaders()
                    .put(Headers.ALLOW, logger ? "GET, HEAD, OPTIONS, POST" : "GET, HEAD, OPTIONS");
            if (method.equals(Methods.OPTIONS_STRING)) {
                exchange.setStatusCode(204).endExchange();
                return;
            }
            new Problem(405, "Management is read with GET, and a logger's level set with POST.").send(exchange);
        }
    }

    private void read(HttpServerExchange exchange, String what) {
        switch (what) {
            case INDEX -> index(exchange);
            case "health" -> health(exchange);
            case "health/liveness", "health/livenessState" -> JsonAnswer.send(exchange, 200, Map.of("status", "UP"));
            case "health/readiness", "health/readinessState" -> {
                boolean ready = health.isReady();
                JsonAnswer.send(exchange, ready ? 200 : 503, Map.of("status", ready ? "UP" : "OUT_OF_SERVICE"));
            }
            case "info" ->
                JsonAnswer.send(exchange, 200, Map.of("build", Map.of("name", "events-gateway", "version", version())));
            case "prometheus" -> exchange.dispatch(this::scrape);
            case "metrics" -> JsonAnswer.send(exchange, 200, metrics.names());
            case "loggers" -> JsonAnswer.send(exchange, 200, loggers.all());
            default -> {
                if (what.startsWith(METRIC)) {
                    exchange.dispatch(asked -> readMetric(asked, what.substring(METRIC.length())));
                } else {
                    readNamed(exchange, what);
                }
            }
        }
    }

    /** By a worker's thread: meters may go through all streams. */
    private void scrape(HttpServerExchange exchange) {
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8");
        exchange.getResponseSender().send(registry.scrape());
    }

    /** By a worker's thread, as {@link #scrape}. */
    private void readMetric(HttpServerExchange exchange, String name) {
        try {
            Collection<String> tags = RequestUrl.of(exchange).values("tag");
            sendKnown(exchange, metrics.named(name, tags));
        } catch (IllegalArgumentException bad) {
            new Problem(400, String.valueOf(bad.getMessage())).send(exchange);
        }
    }

    /** What there is, as Spring Boot's actuator lists it. */
    private static void index(HttpServerExchange exchange) {
        String base =
                exchange.getRequestScheme() + "://" + exchange.getHostAndPort() + BASE.substring(0, BASE.length() - 1);
        Map<String, Object> links = new LinkedHashMap<>();
        links.put("self", Map.of("href", base, "templated", false));
        LINKS.forEach((name, path) ->
                links.put(name, Map.of("href", base + "/" + path, "templated", path.indexOf('{') >= 0)));
        JsonAnswer.send(exchange, 200, Map.of("_links", links));
    }

    private void readNamed(HttpServerExchange exchange, String what) {
        Map<String, ?> body = null;
        if (what.startsWith(HEALTH)) {
            Health.Component component = health.component(what.substring(HEALTH.length()));
            if (component != null) {
                JsonAnswer.send(exchange, component.up() ? 200 : 503, shown(component));
                return;
            }
        } else if (what.startsWith(LOGGER)) {
            body = loggers.named(what.substring(LOGGER.length()));
        }
        sendKnown(exchange, body);
    }

    /** Answers with what a name stands for; null for nothing. */
    private static void sendKnown(HttpServerExchange exchange, @Nullable Map<String, ?> body) {
        if (body == null) {
            String list =
                    "health, health/liveness, health/readiness, health/{component}, info, metrics, prometheus, loggers, streams and destinations";
            new Problem(
                            404,
                            "Management has " + list + " under " + BASE
                                    + "; metrics and loggers list the names they know.")
                    .send(exchange);
        } else {
            JsonAnswer.send(exchange, 200, body);
        }
    }

    private void set(HttpServerExchange exchange, String logger, byte[] body) {
        try {
            JsonNode level = JsonAnswer.read(body).get("configuredLevel");
            if (level == null) {
                new Problem(400, BODY).send(exchange);
                return;
            }
            loggers.set(logger, level.isNull() ? null : level.asText());
            exchange.setStatusCode(204).endExchange();
        } catch (IOException unreadable) {
            new Problem(400, BODY).send(exchange);
        } catch (IllegalArgumentException unknown) {
            new Problem(400, String.valueOf(unknown.getMessage())).send(exchange);
        }
    }

    /** The jar's version. */
    public static String version() {
        String version = ManagementHandler.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    private void health(HttpServerExchange exchange) {
        Map<String, Object> components = new LinkedHashMap<>();
        boolean[] up = {true};
        health.components().forEach((name, component) -> {
            up[0] &= component.up();
            components.put(name, shown(component));
        });
        components.put("readinessState", Map.of("status", health.isReady() ? "UP" : "OUT_OF_SERVICE"));
        components.put("livenessState", Map.of("status", "UP"));
        JsonAnswer.send(exchange, up[0] ? 200 : 503, Map.of("status", status(up[0]), "components", components));
    }

    private static Map<String, Object> shown(Health.Component component) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("status", status(component.up()));
        shown.put("details", component.details());
        return shown;
    }

    private static String status(boolean up) {
        return up ? "UP" : "DOWN";
    }
}
