package io.eventsgateway.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a writer's calls were counted to when Redis acknowledged them.
 *
 * @param counters their name in Redis, which is a writer's in one generation
 * @param counts its count under each of some tags
 */
record Receipt(String counters, List<Count> counts) {

    private static final Pattern FORM = Pattern.compile("[0-9a-z]+[.][0-9]+( [0-9]{1,3}:[0-9]{1,18})*");

    /** A count under a tag. */
    record Count(int tag, long calls) {}

    /** The receipt in a text of {@link Guard#receipt}; null for any other text. */
    static @Nullable Receipt parse(String text) {
        if (!FORM.matcher(text).matches()) {
            return null;
        }
        String[] parts = text.split(" ", -1);
        List<Count> counts = new ArrayList<>();
        for (int i = 1; i < parts.length; i++) {
            int colon = parts[i].indexOf(':');
            int tag = Integer.parseInt(parts[i].substring(0, colon));
            if (tag >= Keys.TAGS) {
                return null;
            }
            counts.add(new Count(tag, Long.parseLong(parts[i].substring(colon + 1))));
        }
        return new Receipt(parts[0], List.copyOf(counts));
    }
}
