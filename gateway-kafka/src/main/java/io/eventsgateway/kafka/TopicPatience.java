package io.eventsgateway.kafka;

import java.time.Duration;

/**
 * How long the dead-letter topic is waited for while the cluster refuses it: is it denied, or missing and not to be made, somebody has to
 * change that, and until then each record that can't be used would hold up its partition. Any thread may call.
 *
 * <table>
 * <caption>Transitions</caption>
 * <tr><th>state</th><th>{@link #taken}</th><th>{@link #refused}</th></tr>
 * <tr><td>TAKES</td><td>TAKES</td><td>REFUSES</td></tr>
 * <tr><td>REFUSES</td><td>TAKES</td><td>REFUSES, after the patience GIVEN_UP</td></tr>
 * <tr><td>GIVEN_UP</td><td>TAKES</td><td>GIVEN_UP</td></tr>
 * </table>
 */
final class TopicPatience {

    private enum State {
        TAKES,
        REFUSES,
        GIVEN_UP
    }

    private final long patience;
    private State state = State.TAKES;
    private long since;

    /** A topic that takes letters, as far as is known. */
    TopicPatience(Duration patience) {
        this.patience = patience.toNanos();
    }

    /** The topic took a letter. */
    synchronized void taken() {
        state = State.TAKES;
    }

    /** The cluster refused the topic. */
    synchronized void refused(long now) {
        switch (state) {
            case TAKES -> {
                state = State.REFUSES;
                since = now;
            }
            case REFUSES -> {
                if (now - since >= patience) {
                    state = State.GIVEN_UP;
                    since = now;
                }
            }
            case GIVEN_UP -> since = now;
        }
    }

    /** Whether letters are given up. */
    synchronized boolean isOver() {
        return state == State.GIVEN_UP;
    }

    /** Whether letters are given up unsent: the topic is tried again when its patience has passed once more. */
    synchronized boolean isOverAt(long now) {
        return isOver() && now - since < patience;
    }
}
