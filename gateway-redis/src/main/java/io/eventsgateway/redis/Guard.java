package io.eventsgateway.redis;

import io.eventsgateway.log.Generation;
import java.time.Instant;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Tells when Redis has less than it acknowledged. Under each tag this writer counts its calls in Redis; a count below one that was
 * acknowledged means that Redis failed over, was emptied or came back from an older state. The scripts compare before they append. Any
 * thread may call.
 */
final class Guard {

    /** Tags in a receipt; of a cluster's servers each has some of them, unless it has not been appended to for long. */
    private static final int RECEIPT_TAGS = 32;

    private final KeySpace space;
    private final String writer;
    private volatile Known known;

    /** What was acknowledged in one generation. */
    static final class Known {
        private final KeySpace space;
        private final String name;
        private final Generation generation;
        private final AtomicLongArray counts = new AtomicLongArray(Keys.TAGS);
        private final AtomicLongArray appendedAt = new AtomicLongArray(Keys.TAGS);
        private volatile Instant intactUntil;

        private Known(KeySpace space, String writer, Generation generation) {
            this.space = space;
            // in each generation under another name, so that what a receipt tells of is not counted up to again
            this.name = writer + "." + generation.number();
            this.generation = generation;
            this.intactUntil = Instant.now();
        }

        Generation generation() {
            return generation;
        }

        /** Where calls under a tag are counted. */
        byte[] key(int tag) {
            return space.guard(tag, name);
        }

        long count(int tag) {
            return counts.get(tag);
        }

        /** A call was acknowledged. */
        void acknowledge(int tag, long count) {
            counts.accumulateAndGet(tag, count, Math::max);
        }

        /** A call that appended was. */
        void appended(int tag, long count) {
            acknowledge(tag, count);
            appendedAt.lazySet(tag, System.nanoTime());
        }

        /** The tags of the latest appends: a server that has lost something has lost its latest. */
        private IntStream latest() {
            // as they are now: they change while they are sorted
            long[] at = IntStream.range(0, Keys.TAGS).mapToLong(appendedAt::get).toArray();
            return IntStream.range(0, Keys.TAGS)
                    .filter(tag -> at[tag] != 0)
                    .boxed()
                    .sorted(Comparator.comparingLong((Integer tag) -> -at[tag]))
                    .limit(RECEIPT_TAGS)
                    .mapToInt(Integer::intValue);
        }

        /** Every tag was found to have what was acknowledged. */
        void intact(Instant since) {
            intactUntil = since;
        }
    }

    Guard(KeySpace space, String writer) {
        this.space = space;
        this.writer = writer;
        this.known = new Known(space, writer, Generation.FIRST);
    }

    Known known() {
        return known;
    }

    /** The counters' name and its latest counts, for {@link Receipt#parse}. */
    String receipt() {
        Known now = known;
        return now.latest()
                .mapToObj(tag -> " " + tag + ":" + now.count(tag))
                .collect(Collectors.joining("", now.name, ""));
    }

    /** Begins another generation, unless the loss has been noticed before; tells whether it was new. */
    synchronized boolean lost(Known noticed) {
        if (known != noticed) {
            return false;
        }
        known = new Known(space, writer, new Generation(noticed.generation.number() + 1, noticed.intactUntil));
        return true;
    }
}
