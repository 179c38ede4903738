package io.eventsgateway.security;

import io.eventsgateway.Destination;
import io.eventsgateway.route.Organisations;
import java.util.Set;
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

    private static @Nullable String realm(String name) {
        String uuid = Organisations.ofUuid(name);
        if (uuid != null) {
            return uuid;
        }
        return Destination.ORGANISATION.matcher(name).matches() ? name : null;
    }
}
