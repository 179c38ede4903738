package io.eventsgateway.app.manage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import java.util.LinkedHashMap;
import java.util.Map;

/** Health, info and metrics under {@code /manage/actuator}, in the shapes of Spring Boot's actuator. */
public final class ManagementHandler implements HttpHandler {

    private static final String BASE = "/manage/actuator";

    private final Health health;
    private final PrometheusMeterRegistry registry;

    /** A handler; everything is lent. */
    public ManagementHandler(Health health, PrometheusMeterRegistry registry) {
        this.health = health;
        this.registry = registry;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws JsonProcessingException {
        if (!exchange.getRequestMethod().equals(Methods.GET)) {
            exchange.getResponseHeaders().put(Headers.ALLOW, "GET");
            problem(exchange, 405, "Management is read with GET.");
            return;
        }
        switch (exchange.getRequestPath()) {
            case BASE + "/health" -> health(exchange);
            case BASE + "/health/liveness" -> json(exchange, 200, Map.of("status", "UP"));
            case BASE + "/health/readiness" -> {
                boolean ready = health.isReady();
                json(exchange, ready ? 200 : 503, Map.of("status", ready ? "UP" : "OUT_OF_SERVICE"));
            }
            case BASE + "/info" ->
                json(exchange, 200, Map.of("build", Map.of("name", "events-gateway", "version", version())));
            case BASE + "/prometheus" -> {
                exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8");
                exchange.getResponseSender().send(registry.scrape());
            }
            default ->
                problem(
                        exchange,
                        404,
                        "Management has " + BASE
                                + "/health, /health/liveness, /health/readiness, /info and /prometheus.");
        }
    }

    /** The jar's version. */
    public static String version() {
        String version = ManagementHandler.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    private void health(HttpServerExchange exchange) throws JsonProcessingException {
        Map<String, Object> components = new LinkedHashMap<>();
        boolean[] up = {true};
        health.components().forEach((name, component) -> {
            up[0] &= component.up();
            components.put(name, Map.of("status", status(component.up()), "details", component.details()));
        });
        components.put("readinessState", Map.of("status", health.isReady() ? "UP" : "OUT_OF_SERVICE"));
        components.put("livenessState", Map.of("status", "UP"));
        json(exchange, up[0] ? 200 : 503, Map.of("status", status(up[0]), "components", components));
    }

    private static String status(boolean up) {
        return up ? "UP" : "DOWN";
    }

    private static void problem(HttpServerExchange exchange, int status, String detail) throws JsonProcessingException {
        Map<String, ?> body = Map.of("type", "about:blank", "status", status, "detail", detail);
        send(exchange, status, "application/problem+json", body);
    }

    private static void json(HttpServerExchange exchange, int status, Map<String, ?> body)
            throws JsonProcessingException {
        send(exchange, status, "application/json", body);
    }

    private static void send(HttpServerExchange exchange, int status, String type, Map<String, ?> body)
            throws JsonProcessingException {
        exchange.setStatusCode(status);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, type);
        exchange.getResponseSender().send(Json.MAPPER.writeValueAsString(body));
    }

    /** Not before it is needed: it takes a twentieth of the time to start. */
    private static final class Json {
        static final ObjectMapper MAPPER = new ObjectMapper();
    }
}
