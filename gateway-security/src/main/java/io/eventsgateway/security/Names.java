package io.eventsgateway.security;

import io.eventsgateway.Text;
import io.eventsgateway.route.Organisations;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What connects and disconnects may call somebody by. No two kinds of names meet: who may choose a user name must not choose another's
 * subject by it, nor who may name a role another client's.
 *
 * <pre>
 * SUBJECT        a sub; one that begins with user: or sub: is written sub:SUBJECT
 * user:NAME      a preferred user name
 * ROLE           a role of the realm
 * CLIENT/ROLE    a role of a client, whose id may have slashes
 * </pre>
 *
 * @param matchUserNames whether a preferred user name counts as it is too, unless it has the form of a UUID or begins like the above
 */
record Names(boolean matchUserNames) {

    private static final String SUBJECT = "sub:";
    private static final String USER = "user:";

    /** All names of somebody. */
    Set<String> of(String subject, @Nullable Object preferredUserName) {
        Set<String> names = new HashSet<>();
        names.add(isMarked(subject) ? SUBJECT + subject : subject);
        if (preferredUserName instanceof String name && !name.isEmpty() && !Text.hasForbiddenCharacter(name)) {
            names.add(USER + name);
            if (matchUserNames && !isMarked(name) && Organisations.ofUuid(name) == null) {
                names.add(name);
            }
        }
        return names;
    }

    private static boolean isMarked(String name) {
        return name.startsWith(SUBJECT) || name.startsWith(USER);
    }

    /** All roles; one whose name has a slash, or a character that no name may have, counts for nothing. */
    static Set<String> roles(@Nullable Object realmAccess, @Nullable Object resourceAccess) {
        Set<String> roles = new HashSet<>();
        addRoles(roles, "", realmAccess);
        if (resourceAccess instanceof Map<?, ?> clients) {
            clients.forEach((client, access) -> addRoles(roles, client + "/", access));
        }
        return roles;
    }

    private static void addRoles(Set<String> roles, String prefix, @Nullable Object access) {
        if (!(access instanceof Map<?, ?> map) || !(map.get("roles") instanceof Collection<?> names)) {
            return;
        }
        for (Object each : names) {
            if (each instanceof String name && name.indexOf('/') < 0 && !Text.hasForbiddenCharacter(prefix + name)) {
                roles.add(prefix + name);
            }
        }
    }
}
