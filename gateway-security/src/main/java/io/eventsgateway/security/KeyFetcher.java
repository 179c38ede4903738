package io.eventsgateway.security;

import io.eventsgateway.auth.AccessException;
import io.eventsgateway.auth.AccessException.Reason;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.text.ParseException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Asks issuers for their keys, as OpenID Connect's servers publish them. Any thread may call; stages complete on the client's. */
final class KeyFetcher implements Function<String, CompletionStage<KeySet>> {

    private static final int MAX_BYTES = 512 * 1024;

    private final HttpClient http = Asking.client(HttpClient.Redirect.NORMAL);
    private final Collection<String> probed;
    private final ServiceHealth health;

    /**
     * Of issuers that were not asked yet.
     *
     * @param probed those whose keys are asked for to see whether their servers answer
     * @param address the server's, or the issuer's
     * @param setting what names it in the configuration
     */
    KeyFetcher(Collection<String> probed, String address, String setting) {
        this.probed = List.copyOf(probed);
        this.health =
                new ServiceHealth("issuer", "The tokens' issuer", address, setting, this::probe, System::nanoTime);
    }

    /** Whether issuers answer. */
    ServiceHealth health() {
        return health;
    }

    @Override
    public CompletionStage<KeySet> apply(String issuer) {
        return ask(issuer)
                .whenComplete((answer, failure) -> report(issuer, answer, problem(answer, failure)))
                .thenCompose(KeyFetcher::keys);
    }

    private CompletableFuture<HttpResponse<byte[]>> ask(String issuer) {
        URI certificates = URI.create(issuer + "/protocol/openid-connect/certs");
        return Asking.send(http, HttpRequest.newBuilder(certificates), BoundedBody.ofBytes(MAX_BYTES));
    }

    /** Why some of those that are probed give no keys; empty where they answer. */
    CompletionStage<String> probe() {
        CompletableFuture<String> all = CompletableFuture.completedFuture("");
        for (String issuer : probed) {
            all = all.thenCombine(
                    ask(issuer).handle(KeyFetcher::problem),
                    (before, own) -> !before.isEmpty() || own.isEmpty() ? before : issuer + ": " + own);
        }
        return all;
    }

    private void report(String issuer, @Nullable HttpResponse<byte[]> answer, String problem) {
        if (problem.isEmpty()) {
            health.answered();
        } else if (answer != null && !probed.contains(issuer)) {
            // a client named it, and may have invented it
            health.doubted();
        } else {
            health.failed(problem);
        }
    }

    /** What is wrong with the server of an issuer; nothing where it says that there is no such issuer, of which clients may name any. */
    private static String problem(@Nullable HttpResponse<byte[]> answer, @Nullable Throwable failure) {
        if (answer == null) {
            return failure == null ? "" : Asking.cause(failure);
        }
        int status = answer.statusCode();
        if (isNone(status)) {
            return "";
        }
        if (status != 200) {
            return "status " + status;
        }
        try {
            KeySet.parse(answer.body());
            return "";
        } catch (ParseException notKeys) {
            return "the answer is no set of keys (RFC 7517)";
        }
    }

    private static boolean isNone(int status) {
        return status == 404 || status == 410;
    }

    private static CompletionStage<KeySet> keys(HttpResponse<byte[]> answer) {
        int status = answer.statusCode();
        if (isNone(status)) {
            return new AccessException(Reason.UNAUTHENTICATED, "The token's issuer publishes no keys.").asStage();
        }
        if (status != 200) {
            return IssuerKeys.unavailable();
        }
        try {
            return CompletableFuture.completedStage(KeySet.parse(answer.body()));
        } catch (ParseException notKeys) {
            return IssuerKeys.unavailable();
        }
    }
}
