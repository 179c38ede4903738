package io.eventsgateway.security;

import io.eventsgateway.Destination;
import io.eventsgateway.route.Organisations;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which issuers are trusted, and whose organisation each stands for. An issuer is compared as a whole, to the letter: one that
 * only looks like another is another. Immutable.
 */
public final class Issuers {

    private final String prefix;
    private final String serviceAccountsRealm;
    private final Set<String> list;

    /**
     * Issuers.
     *
     * @param baseUrl of the server whose realms are trusted, with or without a slash at its end; empty for none
     * @param serviceAccountsRealm the realm that is trusted beside those called by a UUID
     * @param list the only issuers that are trusted; empty for those of the server
     */
    public Issuers(String baseUrl, String serviceAccountsRealm, Set<String> list) {
        this.prefix = baseUrl.isEmpty() ? "" : baseUrl.replaceAll("/+$", "") + "/realms/";
        this.serviceAccountsRealm = serviceAccountsRealm;
        this.list = Set.copyOf(list);
    }

    /** The organisation that a trusted issuer's subjects belong to, which is its realm; null for an issuer that is not trusted. */
    @Nullable
    String organisation(String issuer) {
        if (!list.isEmpty()) {
            return list.contains(issuer) ? realm(issuer.substring(issuer.lastIndexOf('/') + 1)) : null;
        }
        if (prefix.isEmpty() || !issuer.startsWith(prefix)) {
            return null;
        }
        String realm = issuer.substring(prefix.length());
        return realm.equals(serviceAccountsRealm) || Organisations.ofUuid(realm) != null ? realm(realm) : null;
    }

    /** Who asks them for keys. */
    KeyFetcher fetcher() {
        if (list.isEmpty()) {
            String server = prefix.replaceFirst("/realms/$", "");
            return new KeyFetcher(List.of(prefix + serviceAccountsRealm), server, SecuritySettings.BASE_URL.name());
        }
        Set<String> sorted = new TreeSet<>(list);
        return new KeyFetcher(sorted, String.join(",", sorted), SecuritySettings.ISSUERS.name());
    }

    /** Listed issuers that can't be told apart, or are of no organisation: a sentence on each that says what to change. */
    List<String> ambiguous() {
        List<String> problems = new ArrayList<>();
        Map<String, String> whose = new HashMap<>();
        for (String issuer : new TreeSet<>(list)) {
            String organisation = organisation(issuer);
            if (organisation == null) {
                problems.add(issuer
                        + " names no organisation; what follows its last slash must be 1 to 64 of letters, digits, "
                        + "'.', '_', '-'");
                continue;
            }
            String other = whose.putIfAbsent(organisation, issuer);
            if (other != null) {
                problems.add(other + " and " + issuer + " are both of the organisation " + organisation
                        + ", whose events the users of each would see; remove one of them");
            }
        }
        return problems;
    }

    private static @Nullable String realm(String name) {
        String uuid = Organisations.ofUuid(name);
        if (uuid != null) {
            return uuid;
        }
        return Destination.ORGANISATION.matcher(name).matches() ? name : null;
    }
}
