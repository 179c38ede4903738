package io.eventsgateway;

import java.util.Comparator;
import java.util.regex.Pattern;

/**
 * What a client listens to: a thing of some type, within one organisation. Two organisations may use the same type and id and
 * never see each other's events. Ordered by type, id and organisation, so that clients that choose ids of one hash code slow no map
 * down.
 *
 * @param organisation the owner's id, 1-64 of {@code 0-9A-Za-z._-}; with FlowX a UUID
 * @param type a lower-case kebab token of 1-32 characters, for example {@code process-instance}
 * @param id 1-256 characters, none of them a control character or half a surrogate pair; {@value #EVERYONE} with type {@value
 * #USER} is every user
 */
public record Destination(String organisation, String type, String id) implements Comparable<Destination> {

    /** The type whose ids are subjects of tokens. */
    public static final String USER = "user";

    /** The id that means every user of the organisation. */
    public static final String EVERYONE = "*";

    /** What an organisation's id looks like. */
    public static final Pattern ORGANISATION = Pattern.compile("[0-9A-Za-z._-]{1,64}");

    private static final int MAX_TYPE = 32;

    private static final Comparator<Destination> ORDER = Comparator.comparing(Destination::type)
            .thenComparing(Destination::id)
            .thenComparing(Destination::organisation);

    /** @throws IllegalArgumentException naming the part, its value's length or text, and the rule it breaks */
    public Destination {
        if (!ORGANISATION.matcher(organisation).matches()) {
            throw new IllegalArgumentException("organisation must be 1-64 characters of 0-9 A-Z a-z . _ -");
        }
        if (!isType(type)) {
            throw new IllegalArgumentException(
                    "destination type must be 1-32 lower-case letters and digits in words joined by '-'");
        }
        if (id.isEmpty() || id.length() > 256) {
            throw new IllegalArgumentException("destination id must be 1-256 characters, got " + id.length());
        }
        if (Text.hasForbiddenCharacter(id)) {
            throw new IllegalArgumentException(
                    "destination id must not have control characters or half a surrogate pair");
        }
    }

    private static boolean isType(String text) {
        if (text.isEmpty() || text.length() > MAX_TYPE || text.endsWith("-") || text.contains("--")) {
            return false;
        }
        return !text.startsWith("-")
                && text.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-');
    }

    @Override
    public int compareTo(Destination other) {
        return ORDER.compare(this, other);
    }

    /** The name clients use, {@code type/id}. */
    public String path() {
        return type + "/" + id;
    }
}
