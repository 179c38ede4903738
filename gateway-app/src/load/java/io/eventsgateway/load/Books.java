package io.eventsgateway.load;

import java.util.BitSet;

/** What one client got of one run, whose events are numbered 0, 1, 2, … in its destination. Used by one thread. */
final class Books {

    private final BitSet seen = new BitSet();
    private int highest = -1;
    private long twice;
    private long reordered;

    /** Enters an event as it comes. */
    void enter(int number) {
        if (seen.get(number)) {
            twice++;
            return;
        }
        seen.set(number);
        if (number < highest) {
            reordered++;
        }
        highest = Math.max(highest, number);
    }

    /** How many of the first so many numbers have not come. */
    long lost(long sent) {
        return sent - seen.get(0, (int) sent).cardinality();
    }

    /** How many events came again. */
    long twice() {
        return twice;
    }

    /** How many events came for the first time after one with a higher number. */
    long reordered() {
        return reordered;
    }

    /** Forgets everything. */
    void clear() {
        seen.clear();
        highest = -1;
        twice = 0;
        reordered = 0;
    }
}
