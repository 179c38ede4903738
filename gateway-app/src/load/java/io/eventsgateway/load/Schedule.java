package io.eventsgateway.load;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * An open-loop schedule: what is due is sent, however long anything takes, and carries the time it was due; so nobody who is slow can hide
 * it. Immutable.
 *
 * @param rate events a second
 * @param seconds how long it lasts
 */
record Schedule(int rate, int seconds) {

    private static final long LONGEST_REST_MICROS = 5_000;

    /** Sends one event. */
    interface Sender {

        /**
         * Sends the event of this number.
         *
         * @param due when it should have been sent, in microseconds since 1970
         */
        void send(long number, long due);
    }

    /**
     * What became of a schedule.
     *
     * @param sent how many events
     * @param seconds how long it took
     */
    record Kept(long sent, double seconds) {

        /** Events a second that were sent. */
        double rate() {
            return sent / seconds;
        }
    }

    /** Sends all in the calling thread; gives up after twice the time. */
    Kept run(Sender sender) {
        long began = WallClock.micros();
        long total = (long) rate * seconds;
        long until = began + 2_000_000L * seconds;
        long number = 0;
        while (number < total) {
            long now = WallClock.micros();
            if (now > until) {
                break;
            }
            long due = due(began, number);
            if (due > now) {
                LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(Math.min(due - now, LONGEST_REST_MICROS)));
                continue;
            }
            sender.send(number++, due);
        }
        return new Kept(number, (WallClock.micros() - began) / 1e6);
    }

    private long due(long began, long number) {
        return began + number * 1_000_000 / rate;
    }
}
