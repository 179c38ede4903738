package io.eventsgateway.undertow;

import java.util.List;

/**
 * What a client takes for an answer (RFC 9110, sections 12.5.1 and 12.5.3); the most specific range that matches decides. Linear in the
 * header's length.
 */
final class Accept {

    private static final List<String> EVENT_STREAM = List.of("*/*", "text/*", "text/event-stream");
    private static final List<String> GZIP = List.of("*", "gzip");

    private Accept() {}

    /** Whether the values of {@code Accept} allow an event stream; none or blank ones allow everything. */
    static boolean allowsEventStream(List<String> values) {
        return allows(values, EVENT_STREAM) || values.stream().allMatch(Accept::isBlank);
    }

    /** Whether the values of {@code Accept-Encoding} ask for gzip; none do not. */
    static boolean allowsGzip(List<String> values) {
        return allows(values, GZIP);
    }

    private static boolean isBlank(String value) {
        return value.chars().allMatch(c -> c == ',' || Character.isWhitespace(c));
    }

    /** @param ranges what matches, the most specific last */
    private static boolean allows(List<String> values, List<String> ranges) {
        int best = -1;
        boolean allowed = false;
        for (String value : values) {
            for (int from = 0; from <= value.length(); ) {
                int comma = value.indexOf(',', from);
                int to = comma < 0 ? value.length() : comma;
                String range = value.substring(from, to).strip();
                from = to + 1;
                int rank = rank(range, ranges);
                if (rank > best) {
                    best = rank;
                    allowed = !isRefused(range);
                } else if (rank == best && rank >= 0) {
                    allowed |= !isRefused(range);
                }
            }
        }
        return allowed;
    }

    private static int rank(String range, List<String> ranges) {
        int semicolon = range.indexOf(';');
        String type = semicolon < 0 ? range : range.substring(0, semicolon).strip();
        for (int rank = ranges.size() - 1; rank >= 0; rank--) {
            if (type.equalsIgnoreCase(ranges.get(rank))) {
                return rank;
            }
        }
        return -1;
    }

    /** Whether a parameter is the weight 0. */
    private static boolean isRefused(String range) {
        for (int from = range.indexOf(';'); from >= 0; from = range.indexOf(';', from + 1)) {
            int next = range.indexOf(';', from + 1);
            String parameter = range.substring(from + 1, next < 0 ? range.length() : next);
            int equals = parameter.indexOf('=');
            if (equals >= 0
                    && parameter.substring(0, equals).strip().equalsIgnoreCase("q")
                    && isZero(parameter.substring(equals + 1).strip())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isZero(String weight) {
        return weight.equals("0")
                || (weight.startsWith("0.") && weight.chars().skip(2).allMatch(c -> c == '0'));
    }
}
