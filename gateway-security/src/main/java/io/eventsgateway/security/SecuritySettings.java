package io.eventsgateway.security;

import io.eventsgateway.auth.Authenticator;
import io.eventsgateway.config.ConfigurationException;
import io.eventsgateway.config.Environment;
import io.eventsgateway.config.RemovedSetting;
import io.eventsgateway.config.Setting;
import io.eventsgateway.config.SettingGroup;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What configures who gets in. */
public final class SecuritySettings {

    private static final String NOT_YET = "Read and checked, but used by nothing yet.";
    private static final String REALMS =
            "remove it; every organisation's realm below SECURITY_OAUTH2_BASESERVERURL is accepted";
    private static final String KEYS =
            "remove it; tokens are checked by their issuer's public keys, SECURITY_TYPE=jwt-public-key and "
                    + "SECURITY_OAUTH2_BASESERVERURL, and not by asking the server";

    /** How tokens are checked. */
    public static final Setting<Type> TYPE = Setting.choice("SECURITY_TYPE", Type.JWT_PUBLIC_KEY)
            .doc("How tokens are checked: `jwt-public-key` by their issuer's keys; `none` lets everybody in and needs "
                    + "EVENTS_SECURITY_ALLOWINSECURE=true.")
            .ofGuide();

    /** The server of the realms. */
    public static final Setting<String> BASE_URL = Setting.url("SECURITY_OAUTH2_BASESERVERURL", "")
            .doc("Base URL of the Keycloak server; tokens are accepted from its realms that are called by an "
                    + "organisation's UUID, and from the service accounts' realm.")
            .ofGuide();

    /** The realm of service accounts. */
    public static final Setting<String> SERVICE_ACCOUNTS_REALM = Setting.text(
                    "SECURITY_OAUTH2_SAREALM",
                    "00000002-0002-4002-8002-000000000002",
                    "a realm's name: letters, digits, dots, underscores and hyphens",
                    Issuers.REALM)
            .doc("Realm of the service accounts.")
            .ofGuide();

    /** The issuers, where they follow no pattern. */
    public static final Setting<Set<String>> ISSUERS = Setting.of(
                    "SECURITY_OAUTH2_ISSUERS", "", "URLs like https://host/realms/a, separated by commas", text -> {
                        Set<String> issuers = words(text);
                        return issuers.stream().allMatch(Setting::isUrl) ? issuers : null;
                    })
            .doc("Issuers that tokens are accepted from, in place of the realms of the server.");

    /** Whom tokens must be meant for. */
    public static final Setting<String> AUDIENCE =
            Setting.text("SECURITY_OAUTH2_AUDIENCE", "").doc("Audience that a token must have; empty for any.");

    /** Whether everybody may be let in. */
    public static final Setting<Boolean> ALLOW_INSECURE =
            Setting.flag("EVENTS_SECURITY_ALLOWINSECURE", false).doc("Whether SECURITY_TYPE=none is meant.");

    /** Where organisations are known. */
    public static final Setting<String> ORGANIZATION_MANAGER = Setting.url(
                    "FLOWX_LIB_SECURITY_SERVICES_ORGANIZATIONMANAGER_BASEURL", "http://organization-manager:80")
            .doc("URL of the organisation manager. " + NOT_YET)
            .ofGuide();

    /** Who the gateway is for anonymous callers. */
    public static final Setting<String> ANONYMOUS_CLIENT_ID = Setting.text(
                    "SPRING_SECURITY_OAUTH2_CLIENT_REGISTRATION_ANONYMOUSIDENTITY_CLIENTID", "flowx-anonymous-sa")
            .doc("Client id of the anonymous service account. " + NOT_YET)
            .ofGuide();

    /** How it proves that. */
    public static final Setting<String> ANONYMOUS_CLIENT_SECRET = Setting.text(
                    "SPRING_SECURITY_OAUTH2_CLIENT_REGISTRATION_ANONYMOUSIDENTITY_CLIENTSECRET", "")
            .doc("Client secret of the anonymous service account. " + NOT_YET)
            .secret()
            .ofGuide();

    /** Who knows about processes. */
    public static final Setting<String> RUNTIME_MANAGER = Setting.url(
                    "FLOWX_URLS_RUNTIMEMANAGER", "http://runtime-manager/")
            .doc("URL of the runtime manager. " + NOT_YET)
            .ofGuide();

    /** All of them, as an operator thinks of them. */
    public static final List<SettingGroup> GROUPS = List.of(
            new SettingGroup(
                    "Who gets in",
                    "",
                    List.of(TYPE, BASE_URL, SERVICE_ACCOUNTS_REALM, ISSUERS, AUDIENCE, ALLOW_INSECURE)),
            new SettingGroup(
                    "Other services",
                    "",
                    List.of(ORGANIZATION_MANAGER, RUNTIME_MANAGER, ANONYMOUS_CLIENT_ID, ANONYMOUS_CLIENT_SECRET)));

    /** What FlowX had before 5.9 and does not accept any more. */
    public static final List<RemovedSetting> REMOVED = List.of(
            new RemovedSetting("SECURITY_OAUTH2_REALM", REALMS),
            new RemovedSetting("SECURITY_OAUTH2_CLIENT_CLIENT_ID", KEYS),
            new RemovedSetting("SECURITY_OAUTH2_CLIENT_CLIENT_SECRET", KEYS),
            new RemovedSetting(
                    "SECURITY_OAUTH2_SERVICE_ACCOUNT_ADMIN_*", "the gateway needs no such account; remove it"),
            new RemovedSetting("SPRING_SECURITY_OAUTH2_RESOURCE_SERVER_OPAQUE_TOKEN_*", KEYS));

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

    /**
     * Checks that somebody's tokens are accepted, or that everybody is meant to be let in.
     *
     * @throws ConfigurationException naming every problem
     */
    public static void check(Environment environment) {
        if (environment.get(TYPE) == Type.NONE) {
            if (!environment.get(ALLOW_INSECURE)) {
                throw new ConfigurationException(
                        List.of("SECURITY_TYPE=none is not valid by itself: it lets everybody in; "
                                + "set EVENTS_SECURITY_ALLOWINSECURE=true if that is meant"));
            }
        } else if (environment.get(BASE_URL).isEmpty()
                && environment.get(ISSUERS).isEmpty()) {
            throw new ConfigurationException(List.of("SECURITY_OAUTH2_BASESERVERURL is not set: name the server whose "
                    + "tokens are accepted, or issuers by SECURITY_OAUTH2_ISSUERS"));
        }
    }

    private static Set<String> words(String text) {
        return Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .collect(Collectors.toSet());
    }
}
