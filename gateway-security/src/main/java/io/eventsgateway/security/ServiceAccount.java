package io.eventsgateway.security;

import com.nimbusds.jose.util.JSONObjectUtils;
import io.eventsgateway.Text;
import io.eventsgateway.auth.AccessException;
import io.eventsgateway.auth.AccessException.Reason;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The token of an account of the gateway's own, by client credentials (RFC 6749, section 4.4). It is kept until shortly before it
 * expires; the next is asked for once at a time, and after a failure not for some seconds. Any thread may call; no call waits.
 */
final class ServiceAccount {

    private static final Logger LOG = LoggerFactory.getLogger(ServiceAccount.class);
    private static final Duration AGAIN = Duration.ofSeconds(5);
    private static final Duration EARLY = Duration.ofSeconds(20);
    private static final int MAX_BYTES = 64 * 1024;

    private final URI endpoint;
    private final String form;
    private final HttpClient http;
    private final InstantSource clock;

    // guarded by this
    private CompletableFuture<Renewal> renewal = CompletableFuture.completedFuture(new Renewal(null, Instant.MIN));

    /** What was answered last, and until when that counts. */
    private record Renewal(@Nullable String token, Instant until) {}

    ServiceAccount(URI endpoint, String clientId, String clientSecret, HttpClient http, InstantSource clock) {
        this.endpoint = endpoint;
        this.form = "grant_type=client_credentials&client_id=" + encode(clientId) + "&client_secret="
                + encode(clientSecret);
        this.http = http;
        this.clock = clock;
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /**
     * The token.
     *
     * @return fails with {@link AccessException} if none can be had
     */
    CompletionStage<String> token() {
        return current().thenCompose(current -> {
            String token = current.token();
            return token == null
                    ? new AccessException(
                                    Reason.UNAVAILABLE,
                                    "Who is let in without a token can't be told right now; try again.")
                            .asStage()
                    : CompletableFuture.completedStage(token);
        });
    }

    private CompletionStage<Renewal> current() {
        Instant now = clock.instant();
        CompletableFuture<Renewal> next;
        synchronized (this) {
            if (!renewal.isDone() || now.isBefore(renewal.join().until())) {
                return renewal;
            }
            next = new CompletableFuture<>();
            renewal = next;
        }
        ask(now).whenComplete((answer, failure) -> {
            if (failure != null) {
                LOG.warn(
                        "No token for the anonymous account endpoint={} cause=\"{}\"", endpoint, Asking.cause(failure));
            }
            next.complete(answer == null ? new Renewal(null, now.plus(AGAIN)) : answer);
        });
        return next;
    }

    private CompletionStage<Renewal> ask(Instant now) {
        return Asking.send(
                        http,
                        HttpRequest.newBuilder(endpoint)
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .POST(BodyPublishers.ofString(form)),
                        BoundedBody.ofBytes(MAX_BYTES))
                .thenApply(answer -> {
                    try {
                        return read(answer, now);
                    } catch (ParseException notJson) {
                        throw new CompletionException(notJson);
                    }
                });
    }

    private Renewal read(HttpResponse<byte[]> answer, Instant now) throws ParseException {
        Map<String, Object> body = JSONObjectUtils.parse(new String(answer.body(), StandardCharsets.UTF_8));
        String token = answer.statusCode() == 200 ? JSONObjectUtils.getString(body, "access_token") : null;
        if (token == null || !TokenForm.isBearer(token)) {
            LOG.warn(
                    "No token for the anonymous account endpoint={} status={} error=\"{}\"",
                    endpoint,
                    answer.statusCode(),
                    Text.forLog(String.valueOf(body.get("error")), 100));
            return new Renewal(null, now.plus(AGAIN));
        }
        Instant expires =
                now.plusSeconds(body.containsKey("expires_in") ? JSONObjectUtils.getLong(body, "expires_in") : 60);
        Instant early = expires.minus(EARLY);
        return new Renewal(token, early.isAfter(now.plus(AGAIN)) ? early : now.plus(AGAIN));
    }
}
