package io.eventsgateway.app.doctor;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where clients reach the gateway, and what they bring. Any thread may call.
 *
 * @param events of the event streams, without a slash at its end
 * @param token that clients bring; null for none
 * @param origin of the page that asks; null for a client that is no page
 */
record PublicUrl(
        URI events, @Nullable String token, @Nullable String origin) {

    private static final String PATH = "/api/events";
    private static final Duration CONNECT = Duration.ofSeconds(4);

    /** By what somebody gave: without a path it is the gateway's own. */
    static PublicUrl of(URI given, @Nullable String token, @Nullable String origin) {
        String text = given.toString().replaceAll("/+$", "");
        boolean bare = given.getPath() == null
                || given.getPath().isEmpty()
                || given.getPath().equals("/");
        return new PublicUrl(URI.create(bare ? text + PATH : text), token, origin);
    }

    boolean isHttp() {
        return "http".equalsIgnoreCase(events.getScheme()) || "https".equalsIgnoreCase(events.getScheme());
    }

    /** A client that speaks as browsers do: HTTP/2 over TLS alone, for which others ask by an upgrade. */
    HttpClient client() {
        return HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .version(
                        "https".equalsIgnoreCase(events.getScheme())
                                ? HttpClient.Version.HTTP_2
                                : HttpClient.Version.HTTP_1_1)
                .build();
    }

    /** A request for a stream of a destination, {@code type/id} or {@code user}, with a query. */
    HttpRequest.Builder stream(String destination, String query) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(events + "/" + destination + query))
                .header("Accept", "text/event-stream");
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        if (origin != null) {
            request.header("Origin", origin);
        }
        return request;
    }

    /** What a browser asks before it sends a token or a position (Fetch standard, section 3.2.2). */
    HttpRequest preflight(String destination) {
        return HttpRequest.newBuilder(URI.create(events + "/" + destination))
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .header("Origin", String.valueOf(origin))
                .header("Access-Control-Request-Method", "GET")
                .header("Access-Control-Request-Headers", "authorization,last-event-id")
                .timeout(Check.PATIENCE)
                .build();
    }
}
