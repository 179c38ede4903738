package io.eventsgateway.security;

import com.nimbusds.jose.util.JSONObjectUtils;
import io.eventsgateway.auth.AccessException;
import io.eventsgateway.auth.AccessException.Reason;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The token of an account of the gateway's own, by client credentials (RFC 6749, section 4.4). It is kept until shortly before it
 * expires; one thread at a time asks for the next, and after a failure none does for some seconds. Any thread may call; a call may
 * block.
 */
final class ServiceAccount {

    private static final Logger LOG = LoggerFactory.getLogger(ServiceAccount.class);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration AGAIN = Duration.ofSeconds(5);
    private static final Duration EARLY = Duration.ofSeconds(20);

    private final URI endpoint;
    private final String form;
    private final HttpClient http;
    private final InstantSource clock;

    // guarded by this
    private @Nullable String token;
    private Instant until = Instant.MIN;

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
     * @throws AccessException if none can be had
     */
    synchronized String token() throws AccessException {
        Instant now = clock.instant();
        if (!now.isBefore(until)) {
            renew(now);
        }
        String current = token;
        if (current == null) {
            throw new AccessException(
                    Reason.UNAVAILABLE, "Who is let in without a token can't be told right now; try again.");
        }
        return current;
    }

    private void renew(Instant now) {
        token = null;
        until = now.plus(AGAIN);
        try {
            HttpRequest request = HttpRequest.newBuilder(endpoint)
                    .timeout(PATIENCE)
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(BodyPublishers.ofString(form))
                    .build();
            HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
            Map<String, Object> body = JSONObjectUtils.parse(answer.body());
            if (answer.statusCode() != 200) {
                LOG.warn(
                        "No token for the anonymous account endpoint={} status={} error=\"{}\"",
                        endpoint,
                        answer.statusCode(),
                        body.get("error"));
                return;
            }
            token = JSONObjectUtils.getString(body, "access_token");
            Instant expires =
                    now.plusSeconds(body.containsKey("expires_in") ? JSONObjectUtils.getLong(body, "expires_in") : 60);
            until = expires.minus(EARLY).isAfter(now.plus(AGAIN)) ? expires.minus(EARLY) : now.plus(AGAIN);
        } catch (IOException | ParseException failed) {
            LOG.warn("No token for the anonymous account endpoint={} cause=\"{}\"", endpoint, failed.toString());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
