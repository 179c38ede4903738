package io.eventsgateway.redis;

import io.eventsgateway.log.Generation;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Tells when Redis has less than it acknowledged. Under each tag this writer counts its calls in Redis; a count below one that was
 * acknowledged means that Redis failed over, was emptied or came back from an older state. The scripts compare before they append. Any
 * thread may call.
 */
final class Guard {

    private final String writer;
    private volatile Known known = new Known(Generation.FIRST);

    /** What was acknowledged in one generation. */
    static final class Known {
        private final Generation generation;
        private final AtomicLongArray counts = new AtomicLongArray(Keys.TAGS);
        private volatile Instant intactUntil;

        private Known(Generation generation) {
            this.generation = generation;
            this.intactUntil = Instant.now();
        }

        Generation generation() {
            return generation;
        }

        long count(int tag) {
            return counts.get(tag);
        }

        /** A call was acknowledged. */
        void acknowledge(int tag, long count) {
            counts.accumulateAndGet(tag, count, Math::max);
        }

        /** Every tag was found to have what was acknowledged. */
        void intact(Instant since) {
            intactUntil = since;
        }
    }

    Guard(String writer) {
        this.writer = writer;
    }

    /** Where this writer's calls under a tag are counted. */
    byte[] key(int tag) {
        return Keys.guard(tag, writer);
    }

    Known known() {
        return known;
    }

    /** Begins another generation, unless the loss has been noticed before; tells whether it was new. */
    synchronized boolean lost(Known noticed) {
        if (known != noticed) {
            return false;
        }
        known = new Known(new Generation(noticed.generation.number() + 1, noticed.intactUntil, Instant.now()));
        return true;
    }
}
