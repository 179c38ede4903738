package io.eventsgateway.security;

import io.eventsgateway.auth.AccessException;
import io.eventsgateway.auth.AccessException.Reason;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.text.ParseException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks issuers for their keys, as OpenID Connect's servers publish them. Any thread may call; stages complete on the client's. */
final class KeyFetcher implements Function<String, CompletionStage<KeySet>> {

    private static final Logger LOG = LoggerFactory.getLogger(KeyFetcher.class);
    private static final int MAX_BYTES = 512 * 1024;
    private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final HttpClient http = Asking.client(HttpClient.Redirect.NORMAL);

    /** When the next failure may be logged. */
    private final AtomicLong due = new AtomicLong(System.nanoTime());

    @Override
    public CompletionStage<KeySet> apply(String issuer) {
        URI certificates = URI.create(issuer + "/protocol/openid-connect/certs");
        return Asking.send(http, HttpRequest.newBuilder(certificates), BoundedBody.ofBytes(MAX_BYTES))
                .whenComplete((answer, failure) -> {
                    if (failure != null) {
                        warn(certificates, Asking.kind(failure));
                    }
                })
                .thenCompose(this::keys);
    }

    /** Once a minute: clients choose among the server's issuers, and so how many there are to fail. */
    private void warn(URI certificates, String cause) {
        long now = System.nanoTime();
        long last = due.get();
        if (now - last >= 0 && due.compareAndSet(last, now + QUIET_NANOS)) {
            LOG.warn(
                    "No keys of an issuer, clients with tokens of it are told to come back host=\"{}\" cause=\"{}\"",
                    certificates.getHost(),
                    cause);
        }
    }

    private CompletionStage<KeySet> keys(HttpResponse<byte[]> answer) {
        int status = answer.statusCode();
        if (status == 404 || status == 410) {
            return new AccessException(Reason.UNAUTHENTICATED, "The token's issuer publishes no keys.").asStage();
        }
        if (status != 200) {
            warn(answer.uri(), "status " + status);
            return IssuerKeys.unavailable();
        }
        try {
            return CompletableFuture.completedStage(KeySet.parse(answer.body()));
        } catch (ParseException notKeys) {
            LOG.warn(
                    "An issuer's answer is no set of keys (RFC 7517) host=\"{}\"",
                    answer.uri().getHost());
            return IssuerKeys.unavailable();
        }
    }
}
