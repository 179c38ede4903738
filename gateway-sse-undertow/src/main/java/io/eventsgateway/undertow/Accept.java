package io.eventsgateway.undertow;

import java.util.List;

/** What a client takes for an answer (RFC 9110, section 12.5.1); the most specific range that matches decides. Linear in the header's length. */
final class Accept {

    private static final List<String> RANGES = List.of("*/*", "text/*", "text/event-stream");

    private Accept() {}

    /** Whether the values of the header allow an event stream; none or blank ones allow everything. */
    static boolean allowsEventStream(List<String> values) {
        int best = -1;
        boolean allowed = false;
        boolean blank = true;
        for (String value : values) {
            for (int from = 0; from <= value.length(); ) {
                int comma = value.indexOf(',', from);
                int to = comma < 0 ? value.length() : comma;
                String range = value.substring(from, to).strip();
                from = to + 1;
                blank &= range.isEmpty();
                int rank = rank(range);
                if (rank > best) {
                    best = rank;
                    allowed = !isRefused(range);
                } else if (rank == best && rank >= 0) {
                    allowed |= !isRefused(range);
                }
            }
        }
        return blank || allowed;
    }

    private static int rank(String range) {
        int semicolon = range.indexOf(';');
        String type = semicolon < 0 ? range : range.substring(0, semicolon).strip();
        for (int rank = RANGES.size() - 1; rank >= 0; rank--) {
            if (type.equalsIgnoreCase(RANGES.get(rank))) {
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
