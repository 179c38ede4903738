package io.eventsgateway.load;

import java.util.Arrays;

/** What one process measures of a round: what of the cases belongs together. */
enum Part {
    KAFKA_ALONE("A"),
    UNDERTOW_IDLE("C"),
    UNDERTOW("A", "B", "D"),
    GATEWAY_IDLE("C"),
    GATEWAY_IDLE_WITH_TOKENS("C"),
    GATEWAY("A", "B", "D"),
    GATEWAY_GROWTH("G");

    private final String[] cases;

    Part(String... cases) {
        this.cases = cases;
    }

    /** Whether there is something in it that is to be measured. */
    boolean isWanted(Options options) {
        return Arrays.stream(cases).anyMatch(options.cases()::contains)
                && (this != GATEWAY_IDLE_WITH_TOKENS || options.tokens());
    }
}
