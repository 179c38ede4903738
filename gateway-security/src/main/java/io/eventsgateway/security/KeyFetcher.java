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
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks issuers for their keys, as OpenID Connect's servers publish them. Any thread may call; stages complete on the client's. */
final class KeyFetcher implements Function<String, CompletionStage<KeySet>> {

    private static final Logger LOG = LoggerFactory.getLogger(KeyFetcher.class);
    private static final int MAX_BYTES = 512 * 1024;

    private final HttpClient http = Asking.client(HttpClient.Redirect.NORMAL);

    @Override
    public CompletionStage<KeySet> apply(String issuer) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(issuer + "/protocol/openid-connect/certs"));
        return Asking.send(http, request, BoundedBody.ofBytes(MAX_BYTES))
                .thenCompose(KeyFetcher::keys)
                .whenComplete((keys, failure) -> {
                    if (failure != null) {
                        LOG.debug("No keys cause={}", Asking.kind(failure));
                    }
                });
    }

    private static CompletionStage<KeySet> keys(HttpResponse<byte[]> answer) {
        int status = answer.statusCode();
        if (status == 404 || status == 410) {
            return new AccessException(Reason.UNAUTHENTICATED, "The token's issuer publishes no keys.").asStage();
        }
        if (status != 200) {
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
