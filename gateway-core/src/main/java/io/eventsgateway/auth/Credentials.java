package io.eventsgateway.auth;

import org.jspecify.annotations.Nullable;

/**
 * What a client brought to be let in. Its text never has the token in it.
 *
 * @param token its access token; null for none
 * @param organisation the organisation that it says to ask for, which counts only where it has no token; null for none
 */
public record Credentials(@Nullable String token, @Nullable String organisation) {

    /** Of a client that brought nothing. */
    public static final Credentials NONE = new Credentials(null, null);

    /** A blank is nothing. */
    public Credentials {
        token = token == null || token.isBlank() ? null : token;
        organisation = organisation == null || organisation.isBlank() ? null : organisation;
    }

    @Override
    public String toString() {
        return "Credentials[token=" + (token == null ? "none" : "*****") + ", organisation=" + organisation + "]";
    }
}
