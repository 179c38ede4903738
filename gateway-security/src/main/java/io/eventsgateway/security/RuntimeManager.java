package io.eventsgateway.security;

import io.eventsgateway.Destination;
import io.eventsgateway.auth.AccessException;
import io.eventsgateway.auth.AccessException.Reason;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;

/** Knows who may see a process instance. Any thread may call; no call waits. */
final class RuntimeManager {

    static final String PROCESS_INSTANCE = "process-instance";
    private static final int AT_ONCE = 64;
    private static final int SHARE = 8;

    /** What stays one segment of a path however it is read. */
    private static final Pattern ID = Pattern.compile("(?!\\.+$)[0-9A-Za-z._-]{1,128}");

    /** What a probe asks for. */
    private static final String NONE = "00000000-0000-0000-0000-000000000000";

    private final String base;
    private final ServiceHealth health;
    private final Lookup<Question> lookup;

    /**
     * What is asked.
     *
     * @param bearer what the token says, however it is spelled: of a subject, by an issuer, with an id of its own
     */
    private record Question(String bearer, Destination destination) {}

    RuntimeManager(String baseUrl, HttpClient http) {
        this.base = baseUrl.replaceAll("/+$", "");
        this.health = new ServiceHealth(
                "runtimeManager",
                "The runtime manager",
                base,
                SecuritySettings.RUNTIME_MANAGER.name(),
                () -> Lookup.probe(http, uri(NONE)),
                System::nanoTime);
        this.lookup = new Lookup<>("runtime manager", health, http, Duration.ofSeconds(60), true, AT_ONCE, SHARE);
    }

    /**
     * Whether the bearer of a token may see a process instance.
     *
     * @param asker whose share of the questions it takes
     * @return fails with {@link AccessException} if not, or it does not answer
     */
    CompletionStage<?> check(String token, String asker, Destination destination) {
        CompletionStage<Boolean> allowed = ID.matcher(destination.id()).matches()
                ? lookup.ask(
                        new Question(TokenForm.digest(token), destination),
                        asker,
                        asker,
                        () -> request(token, destination))
                : CompletableFuture.completedStage(false);
        return allowed.thenCompose(yes -> yes
                ? CompletableFuture.completedStage(null)
                : new AccessException(
                                Reason.FORBIDDEN, "The runtime manager does not let you see this process instance.")
                        .asStage());
    }

    /** Whether it answers. */
    ServiceHealth health() {
        return health;
    }

    private String uri(String id) {
        return base + "/api/runtime/process/" + id + "/status";
    }

    private HttpRequest.Builder request(String token, Destination destination) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(uri(destination.id())))
                .header("Fx-Organization-Id", destination.organisation());
        return Asking.authorized(request, token);
    }
}
