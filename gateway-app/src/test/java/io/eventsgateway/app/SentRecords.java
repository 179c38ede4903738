package io.eventsgateway.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.LongStream;

/**
 * What was sent to some destinations, each with its own numbers 0, 1, 2, …, and what Kafka acknowledged of it: only that has to arrive.
 * Any thread may call.
 */
final class SentRecords {

    private final AtomicLongArray next;
    private final AtomicLongArray end;
    private final List<Set<Long>> open = new ArrayList<>();
    private final AtomicLong acknowledged = new AtomicLong();

    SentRecords(int destinations) {
        this.next = new AtomicLongArray(destinations);
        this.end = new AtomicLongArray(destinations);
        for (int i = 0; i < destinations; i++) {
            open.add(ConcurrentHashMap.newKeySet());
        }
    }

    int destinations() {
        return next.length();
    }

    /** The number of a destination's next record, which is on its way. */
    long send(int destination) {
        long number = next.getAndIncrement(destination);
        open.get(destination).add(number);
        return number;
    }

    /** Kafka has it. */
    void acknowledge(int destination, long number) {
        open.get(destination).remove(number);
        end.accumulateAndGet(destination, number + 1, Math::max);
        acknowledged.incrementAndGet();
    }

    /** How many records Kafka has. */
    long acknowledged() {
        return acknowledged.get();
    }

    /** How many records of a destination are on their way, or failed. */
    long open() {
        return open.stream().mapToLong(Set::size).sum();
    }

    /** How many of some numbers of a destination Kafka has. */
    long acknowledgedOf(int destination, LongStream numbers) {
        long known = end.get(destination);
        Set<Long> unknown = open.get(destination);
        return numbers.filter(number -> number < known && !unknown.contains(number))
                .count();
    }

    /** How many records of a destination Kafka has from a number on. */
    long acknowledgedFrom(int destination, long number) {
        return acknowledgedOf(destination, LongStream.range(number, end.get(destination)));
    }
}
