package io.eventsgateway.security;

import io.eventsgateway.auth.Authenticator;
import io.eventsgateway.config.Environment;
import io.eventsgateway.config.Setting;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What configures who gets in. */
public final class SecuritySettings {

    /** How tokens are checked. */
    public static final Setting<Type> TYPE = Setting.choice("SECURITY_TYPE", Type.JWT_PUBLIC_KEY)
            .doc("How tokens are checked: jwt-public-key by their issuer's keys; none lets everybody in and needs "
                    + "EVENTS_SECURITY_ALLOWINSECURE=true.");

    /** The server of the realms. */
    public static final Setting<String> BASE_URL = Setting.text("SECURITY_OAUTH2_BASESERVERURL", "")
            .doc(
                    "Base URL of the Keycloak server; tokens are accepted from its realms that are called by an organisation's UUID, "
                            + "and from the service accounts' realm.");

    /** The realm of service accounts. */
    public static final Setting<String> SERVICE_ACCOUNTS_REALM = Setting.text(
                    "SECURITY_OAUTH2_SAREALM", "00000002-0002-4002-8002-000000000002")
            .doc("Realm of the service accounts.");

    /** The issuers, where they follow no pattern. */
    public static final Setting<Set<String>> ISSUERS = Setting.text("SECURITY_OAUTH2_ISSUERS", "")
            .map(SecuritySettings::words)
            .doc("Issuers that tokens are accepted from, separated by commas, in place of the realms of the server.");

    /** Whom tokens must be meant for. */
    public static final Setting<String> AUDIENCE =
            Setting.text("SECURITY_OAUTH2_AUDIENCE", "").doc("Audience that a token must have; empty for any.");

    /** Whether everybody may be let in. */
    public static final Setting<Boolean> ALLOW_INSECURE =
            Setting.flag("EVENTS_SECURITY_ALLOWINSECURE", false).doc("Whether SECURITY_TYPE=none is meant.");

    /** All of them, in the order of the reference. */
    public static final List<Setting<?>> ALL =
            List.of(TYPE, BASE_URL, SERVICE_ACCOUNTS_REALM, ISSUERS, AUDIENCE, ALLOW_INSECURE);

    private SecuritySettings() {}

    /** How tokens are checked. */
    public enum Type {
        /** By their signature. */
        JWT_PUBLIC_KEY,
        /** Not at all. */
        NONE
    }

    /** The check of tokens as an environment has it. */
    public static Authenticator jwt(Environment environment) {
        Issuers issuers = new Issuers(
                environment.get(BASE_URL), environment.get(SERVICE_ACCOUNTS_REALM), environment.get(ISSUERS));
        return new JwtAuthenticator(issuers, environment.get(AUDIENCE), InstantSource.system());
    }

    private static Set<String> words(String text) {
        return Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .collect(Collectors.toSet());
    }
}
