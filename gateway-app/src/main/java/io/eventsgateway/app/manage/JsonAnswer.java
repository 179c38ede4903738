package io.eventsgateway.app.manage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.io.IOException;

/** Answers in JSON. Any thread may call. */
public final class JsonAnswer {

    private JsonAnswer() {}

    /** Answers with a value of maps, lists, texts and numbers. */
    public static void send(HttpServerExchange exchange, int status, Object body) {
        exchange.setStatusCode(status);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
        try {
            exchange.getResponseSender().send(Mapper.JSON.writeValueAsString(body));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static JsonNode read(byte[] body) throws IOException {
        return Mapper.JSON.readTree(body);
    }

    /** Not before it is needed: it takes a twentieth of the time to start. */
    private static final class Mapper {
        static final ObjectMapper JSON = new ObjectMapper();
    }
}
