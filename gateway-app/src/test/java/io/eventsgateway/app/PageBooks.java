package io.eventsgateway.app;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** What the page of one tab wrote down of what its user saw. Immutable. */
record PageBooks(List<Shown> shown, List<State> states, long resets) {

    PageBooks {
        shown = List.copyOf(shown);
        states = List.copyOf(states);
    }

    /** An event on the page. */
    record Shown(String destination, long number, long millisSinceSent) {}

    /** A state of the connection on the page, and how long it was there. */
    record State(String name, long millis) {}

    /**
     * How many events were never shown.
     *
     * @param sent how many there are, by destination
     */
    long lost(Map<String, Long> sent) {
        return sent.values().stream().mapToLong(Long::longValue).sum() - different();
    }

    /** How many events were shown again. */
    long twice() {
        return shown.size() - different();
    }

    private long different() {
        return shown.stream()
                .map(each -> List.of(each.destination(), each.number()))
                .distinct()
                .count();
    }

    /** How many events were shown after a later one of their destination. */
    long outOfOrder() {
        Map<String, Long> last = new HashMap<>();
        return shown.stream()
                .filter(each -> {
                    Long before = last.put(each.destination(), each.number());
                    return before != null && before > each.number();
                })
                .count();
    }

    /** How long the page said each time that it is reconnecting, in milliseconds. */
    LongStream reconnecting() {
        return states.stream()
                .filter(each -> each.name().equals("reconnecting"))
                .mapToLong(State::millis);
    }
}
