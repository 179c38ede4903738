package io.eventsgateway.security;

import io.eventsgateway.Text;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** How other services are asked by HTTP. Any thread may call; no call waits. */
final class Asking {

    /** How long an answer may take, its body included. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final int MAX_CAUSE = 200;

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

    /** Why there is no answer, in words of our own: others' messages may have anything in them. */
    static String cause(Throwable failure) {
        boolean isRefused = false;
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof StatusException) {
                return String.valueOf(each.getMessage());
            }
            if (each instanceof TimeoutException || each instanceof HttpTimeoutException) {
                return "no answer within " + PATIENCE.toSeconds() + " s";
            }
            if (each instanceof UnresolvedAddressException || each instanceof UnknownHostException) {
                return "unknown host";
            }
            if (each instanceof SSLException) {
                return "TLS fails: " + Text.forLog(String.valueOf(each.getMessage()), MAX_CAUSE);
            }
            isRefused |= each instanceof ConnectException;
        }
        return isRefused ? "connection refused" : "no HTTP answer";
    }
}
