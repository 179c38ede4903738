package io.eventsgateway.route;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whose a record is that names no organisation.
 *
 * @param fallback the organisation of such a record; null when it can't be used
 */
public record Organisations(@Nullable String fallback) {

    /** The header that names a record's organisation. */
    public static final String HEADER = "Fx-Organization-Id";

    private static final Pattern UUID = Pattern.compile("[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}");

    /** Every record must name one. */
    public static final Organisations REQUIRED = new Organisations(null);

    /** The organisation of a UUID in any case, which is the UUID in lower case (RFC 9562, section 4); null when it is none. */
    public static @Nullable String ofUuid(String text) {
        return UUID.matcher(text).matches() ? text.toLowerCase(Locale.ROOT) : null;
    }

    /** The organisation of a record whose header has this value; null for no header. */
    String of(@Nullable String header) throws MalformedRecordException {
        if (header == null || header.isBlank()) {
            if (fallback == null) {
                throw new MalformedRecordException("no header " + HEADER);
            }
            return fallback;
        }
        String organisation = ofUuid(header);
        if (organisation == null) {
            throw new MalformedRecordException("header " + HEADER + " is not a UUID");
        }
        return organisation;
    }
}
