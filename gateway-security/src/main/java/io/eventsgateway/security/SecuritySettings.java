package io.eventsgateway.security;

import io.eventsgateway.Destination;
import io.eventsgateway.auth.AccessPolicy;
import io.eventsgateway.auth.Authenticator;
import io.eventsgateway.auth.GrantedPolicy;
import io.eventsgateway.auth.IssuerMemory;
import io.eventsgateway.config.ConfigurationException;
import io.eventsgateway.config.Environment;
import io.eventsgateway.config.RemovedSetting;
import io.eventsgateway.config.Setting;
import io.eventsgateway.config.SettingGroup;
import io.eventsgateway.log.EventLog;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What configures who gets in. */
public final class SecuritySettings {

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
                    Destination.ORGANISATION)
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

    /** What somebody who was let in may see. */
    public static final Setting<Policy> POLICY = Setting.choice("EVENTS_ACCESS_POLICY", Policy.AUTHENTICATED)
            .doc(
                    "Which destinations of the own organisation one may see: `authenticated` all; `granted` those whose connect names the "
                            + "subject or a role; `remote` of process instances those that the runtime manager shows to the caller's token.");

    /** Whether user names are names. */
    public static final Setting<Boolean> MATCH_USER_NAMES = Setting.flag("EVENTS_ACCESS_MATCHUSERNAMES", false)
            .doc(
                    "Whether a subject of a connect or disconnect is compared with preferred user names as well as with `sub`; "
                            + "else only `user:NAME` is. To be left off where somebody may choose a user name that is another's `sub`.");

    /** Who knows about processes. */
    public static final Setting<String> RUNTIME_MANAGER = Setting.url(
                    "FLOWX_URLS_RUNTIMEMANAGER", "http://runtime-manager/")
            .doc(
                    "URL of the runtime manager, which is asked with EVENTS_ACCESS_POLICY=remote and for anonymous access.")
            .ofGuide();

    /** Whether one may come without a token. */
    public static final Setting<Boolean> ANONYMOUS = Setting.flag("EVENTS_ANONYMOUS_ENABLED", false)
            .doc(
                    "Whether who brings no token is let in to the process instances that the runtime manager shows to the anonymous "
                            + "service account.");

    /** Who the gateway is for anonymous callers. */
    public static final Setting<String> ANONYMOUS_CLIENT_ID = Setting.text(
                    "SPRING_SECURITY_OAUTH2_CLIENT_REGISTRATION_ANONYMOUSIDENTITY_CLIENTID", "flowx-anonymous-sa")
            .doc("Client id of the anonymous service account, in the realm of service accounts.")
            .ofGuide();

    /** How it proves that. */
    public static final Setting<String> ANONYMOUS_CLIENT_SECRET = Setting.text(
                    "SPRING_SECURITY_OAUTH2_CLIENT_REGISTRATION_ANONYMOUSIDENTITY_CLIENTSECRET", "")
            .doc("Client secret of the anonymous service account.")
            .secret()
            .ofGuide();

    /** Whether organisations are confirmed. */
    public static final Setting<Boolean> ORGANIZATION_CHECK = Setting.flag("EVENTS_SECURITY_ORGANIZATIONCHECK", false)
            .doc("Whether an organisation is let in only when the organisation manager knows it.");

    /** Where organisations are known. */
    public static final Setting<String> ORGANIZATION_MANAGER = Setting.url(
                    "FLOWX_LIB_SECURITY_SERVICES_ORGANIZATIONMANAGER_BASEURL", "http://organization-manager:80")
            .doc("URL of the organisation manager, which is asked with EVENTS_SECURITY_ORGANIZATIONCHECK=true.")
            .ofGuide();

    /** All of them, as an operator thinks of them. */
    public static final List<SettingGroup> GROUPS = List.of(
            new SettingGroup(
                    "Who gets in",
                    "[security.md](security.md) tells what is promised, and how.",
                    List.of(
                            TYPE,
                            BASE_URL,
                            SERVICE_ACCOUNTS_REALM,
                            ISSUERS,
                            AUDIENCE,
                            ALLOW_INSECURE,
                            POLICY,
                            MATCH_USER_NAMES)),
            new SettingGroup(
                    "Other services",
                    "",
                    List.of(
                            RUNTIME_MANAGER,
                            ANONYMOUS,
                            ANONYMOUS_CLIENT_ID,
                            ANONYMOUS_CLIENT_SECRET,
                            ORGANIZATION_CHECK,
                            ORGANIZATION_MANAGER)));

    /** What FlowX had before 5.9 and does not accept any more. */
    public static final List<RemovedSetting> REMOVED = List.of(
            new RemovedSetting("SECURITY_OAUTH2_REALM", REALMS),
            new RemovedSetting("SECURITY_OAUTH2_CLIENT_CLIENTID", KEYS),
            new RemovedSetting("SECURITY_OAUTH2_CLIENT_CLIENTSECRET", KEYS),
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

    /** What somebody who was let in may see. */
    public enum Policy {
        /** All of the own organisation. */
        AUTHENTICATED,
        /** What a connect named one for. */
        GRANTED,
        /** What the runtime manager shows one. */
        REMOTE
    }

    /**
     * Who gets in, as an environment has it. Nothing is asked before somebody comes.
     *
     * @param log which knows whom connects named; lent
     * @param memory which knows what issuers had keys; lent
     */
    public static Access access(Environment environment, EventLog log, IssuerMemory memory) {
        HttpClient http = Asking.client(HttpClient.Redirect.NEVER);
        RuntimeManager runtimeManager = new RuntimeManager(environment.get(RUNTIME_MANAGER), http);
        JwtAuthenticator jwt = jwt(environment, memory);
        List<ServiceHealth> services = new ArrayList<>(List.of(jwt.health()));
        if (environment.get(ANONYMOUS) || environment.get(POLICY) == Policy.REMOTE) {
            services.add(runtimeManager.health());
        }
        Authenticator authenticator = jwt;
        AccessPolicy policy =
                switch (environment.get(POLICY)) {
                    case AUTHENTICATED -> AccessPolicy.AUTHENTICATED;
                    case GRANTED -> new GrantedPolicy(log);
                    case REMOTE -> new RemotePolicy(runtimeManager);
                };
        if (environment.get(ANONYMOUS)) {
            ServiceAccount account = new ServiceAccount(
                    URI.create(environment.get(BASE_URL).replaceAll("/+$", "") + "/realms/"
                            + environment.get(SERVICE_ACCOUNTS_REALM) + "/protocol/openid-connect/token"),
                    environment.get(ANONYMOUS_CLIENT_ID),
                    environment.get(ANONYMOUS_CLIENT_SECRET),
                    http,
                    InstantSource.system());
            AnonymousAccess anonymous = new AnonymousAccess(authenticator, policy, account, runtimeManager);
            authenticator = anonymous;
            policy = anonymous;
        }
        OrganisationCheck organisations = OrganisationCheck.NONE;
        if (environment.get(ORGANIZATION_CHECK)) {
            KnownOrganisations known = new KnownOrganisations(environment.get(ORGANIZATION_MANAGER), http);
            services.add(known.health());
            organisations = known;
        }
        return new Access(authenticator, organisations, organisations.before(policy), new Services(services));
    }

    static JwtAuthenticator jwt(Environment environment, IssuerMemory memory) {
        return new JwtAuthenticator(
                issuers(environment),
                environment.get(AUDIENCE),
                environment.get(MATCH_USER_NAMES),
                memory,
                InstantSource.system());
    }

    static Issuers issuers(Environment environment) {
        return new Issuers(
                environment.get(BASE_URL), environment.get(SERVICE_ACCOUNTS_REALM), environment.get(ISSUERS));
    }

    /**
     * Checks that somebody's tokens are accepted, or that everybody is meant to be let in; and that what is asked of others can be.
     *
     * @throws ConfigurationException naming every problem
     */
    public static void check(Environment environment) {
        List<String> problems = new ArrayList<>();
        boolean open = environment.get(TYPE) == Type.NONE;
        if (open && !environment.get(ALLOW_INSECURE)) {
            problems.add("SECURITY_TYPE=none is not valid by itself: it lets everybody in; "
                    + "set EVENTS_SECURITY_ALLOWINSECURE=true if that is meant");
        }
        if (open && environment.get(POLICY) != Policy.AUTHENTICATED) {
            problems.add(
                    "EVENTS_ACCESS_POLICY is not valid with SECURITY_TYPE=none, which lets everybody in to everything");
        }
        if (!open
                && environment.get(BASE_URL).isEmpty()
                && environment.get(ISSUERS).isEmpty()) {
            problems.add("SECURITY_OAUTH2_BASESERVERURL is not set: name the server whose "
                    + "tokens are accepted, or issuers by SECURITY_OAUTH2_ISSUERS");
        }
        if (!open) {
            issuers(environment).ambiguous().forEach(two -> problems.add(ISSUERS.name() + " is not valid: " + two));
        }
        if (environment.get(ANONYMOUS)
                && (environment.get(BASE_URL).isEmpty()
                        || environment.get(ANONYMOUS_CLIENT_SECRET).isEmpty())) {
            problems.add("EVENTS_ANONYMOUS_ENABLED=true is not valid by itself: it needs " + BASE_URL.name() + " and "
                    + ANONYMOUS_CLIENT_SECRET.name());
        }
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
    }

    private static Set<String> words(String text) {
        return Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .collect(Collectors.toSet());
    }
}
