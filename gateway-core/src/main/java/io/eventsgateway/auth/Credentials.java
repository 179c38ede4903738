package io.eventsgateway.auth;

import org.jspecify.annotations.Nullable;

/**
 * What a client brought to be let in. Its text never has the token in it.
 *
 * @param token its access token; null for none
 * @param organisation the organisation that it says to ask for, which counts only where it has no token; null for none
 * @param address where it comes from, as text, so that whoever nobody knows yet is given a share of its own of what others are
 * asked;     it lets nobody in; null where it is not known
 */
public record Credentials(
        @Nullable String token,
        @Nullable String organisation,
        @Nullable String address) {

    /** Of a client that brought nothing. */
    public static final Credentials NONE = new Credentials(null, null);

    /** A blank is nothing. */
    public Credentials {
        token = token == null || token.isBlank() ? null : token;
        organisation = organisation == null || organisation.isBlank() ? null : organisation;
    }

    /** Of a client that comes from nowhere in particular. */
    public Credentials(@Nullable String token, @Nullable String organisation) {
        this(token, organisation, null);
    }

    @Override
    public String toString() {
        return "Credentials[token=" + (token == null ? "none" : "*****") + ", organisation=" + organisation
                + ", address=" + address + "]";
    }
}
