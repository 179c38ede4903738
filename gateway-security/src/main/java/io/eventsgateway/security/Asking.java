package io.eventsgateway.security;

import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** How other services are asked by HTTP. Any thread may call; no call waits. */
final class Asking {

    /** How long an answer may take, its body included. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    private Asking() {}

    /** A client that connects within the patience, over HTTP/1.1 so that no question waits for another's connection. */
    static HttpClient client(Redirect redirects) {
        return HttpClient.newBuilder()
                .connectTimeout(PATIENCE)
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(redirects)
                .build();
    }

    /** Sends a request; an answer that is not there after the patience is given up, and its connection closed. */
    static <T> CompletableFuture<HttpResponse<T>> send(
            HttpClient http, HttpRequest.Builder request, BodyHandler<T> body) {
        CompletableFuture<HttpResponse<T>> sent =
                http.sendAsync(request.timeout(PATIENCE).build(), body);
        CompletableFuture<HttpResponse<T>> answer =
                sent.copy().orTimeout(PATIENCE.toMillis() + 200, TimeUnit.MILLISECONDS);
        answer.whenComplete((done, failure) -> {
            if (failure != null) {
                sent.cancel(true);
            }
        });
        return answer;
    }

    /**
     * Adds a token to a request.
     *
     * @throws IllegalArgumentException if that is none, naming nothing of it
     */
    static HttpRequest.Builder authorized(HttpRequest.Builder request, String token) {
        if (!TokenForm.isBearer(token)) {
            throw new IllegalArgumentException("not a bearer token");
        }
        return request.header("Authorization", "Bearer " + token);
    }

    /** What failed, by its class: others' messages may have anything in them. */
    static String kind(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getClass().getSimpleName();
    }
}
