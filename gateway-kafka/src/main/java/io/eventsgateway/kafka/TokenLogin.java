package io.eventsgateway.kafka;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler;

/**
 * Gets tokens as Kafka's own handler does, and remembers when a token endpoint gives none: the clients themselves only fail to log in, and do
 * not say why. Kafka makes and calls it, on any thread; what is remembered is the JVM's.
 */
public final class TokenLogin extends OAuthBearerLoginCallbackHandler {

    private static final String HANDLER = "sasl.login.callback.handler.class";
    private static final String ENDPOINT = "sasl.oauthbearer.token.endpoint.url";
    private static final Map<String, String> FAILURES = new ConcurrentHashMap<>();

    private String endpoint = "";

    /** Made by Kafka's client. */
    public TokenLogin() {}

    /** Takes the place of Kafka's own handler where that is used. */
    static void replace(Map<String, Object> properties) {
        properties.computeIfPresent(
                HANDLER,
                (key, name) -> name.equals(OAuthBearerLoginCallbackHandler.class.getName())
                        ? TokenLogin.class.getName()
                        : name);
    }

    /** Why no token is had for clients of these properties; empty while none is missing. */
    public static String problem(Map<String, Object> properties) {
        String endpoint = String.valueOf(properties.get(ENDPOINT));
        String failure = FAILURES.get(endpoint);
        return failure == null ? "" : "no token from " + withoutUser(endpoint) + ": " + failure;
    }

    private static String withoutUser(String url) {
        return url.replaceFirst("//[^/@]*@", "//");
    }

    @Override
    public void configure(Map<String, ?> configs, String mechanism, List<AppConfigurationEntry> entries) {
        endpoint = String.valueOf(configs.get(ENDPOINT));
        super.configure(configs, mechanism, entries);
    }

    @Override
    public void handle(Callback[] callbacks) throws IOException, UnsupportedCallbackException {
        try {
            super.handle(callbacks);
            FAILURES.remove(endpoint);
        } catch (IOException | RuntimeException failed) {
            FAILURES.put(endpoint, Reason.of(failed));
            throw failed;
        }
    }
}
