package io.eventsgateway.security;

import io.eventsgateway.Destination;
import io.eventsgateway.auth.AccessException;
import io.eventsgateway.auth.AccessException.Reason;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.regex.Pattern;

/** Knows who may see a process instance. Any thread may call; a call may block for some two seconds. */
final class RuntimeManager {

    static final String PROCESS_INSTANCE = "process-instance";

    /** What stays one segment of a path however it is read. */
    private static final Pattern ID = Pattern.compile("(?!\\.+$)[0-9A-Za-z._-]{1,128}");

    private final String base;
    private final Lookup<Question> lookup;

    private record Question(String token, Destination destination) {}

    RuntimeManager(String baseUrl, HttpClient http) {
        this.base = baseUrl.replaceAll("/+$", "");
        this.lookup = new Lookup<>("runtime manager", http, Duration.ofSeconds(60), true);
    }

    /**
     * Returns if the bearer of a token may see a process instance.
     *
     * @throws AccessException if not, or it does not answer
     */
    void check(String token, Destination destination) throws AccessException {
        boolean allowed = ID.matcher(destination.id()).matches()
                && lookup.ask(new Question(token, destination), () -> HttpRequest.newBuilder(
                                URI.create(base + "/api/runtime/process/" + destination.id() + "/status"))
                        .header("Authorization", "Bearer " + token)
                        .header("Fx-Organization-Id", destination.organisation()));
        if (!allowed) {
            throw new AccessException(
                    Reason.FORBIDDEN, "The runtime manager does not let you see this process instance.");
        }
    }
}
