package io.eventsgateway.auth;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who a client is.
 *
 * @param subject the id that its own destination {@code user/<subject>} has
 * @param organisation whose destinations it may see
 * @param names all names that connects and disconnects may call it by, its subject among them; none for somebody who may be
 *     anybody, of whom nothing is remembered
 * @param roles its roles
 * @param expiresAt when its stream has to end; null for never
 */
public record Identity(
        String subject,
        String organisation,
        Set<String> names,
        Set<String> roles,
        @Nullable Instant expiresAt) {

    /** Copies the sets. */
    public Identity {
        names = Set.copyOf(names);
        roles = Set.copyOf(roles);
    }
}
