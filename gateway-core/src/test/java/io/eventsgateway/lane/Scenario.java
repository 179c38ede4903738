package io.eventsgateway.lane;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/**
 * What a run of {@link LossModel} explores: two lanes, two tags and two readers, the first of which has both lanes in the beginning; the
 * rule, and how much may go wrong.
 */
final class Scenario {

    static final int LANES = 2;
    static final int TAGS = 2;
    static final int READERS = 2;
    /** Destinations 0 and 1 are under tag 0, 2 and 3 under tag 1. */
    static final int DESTINATIONS = 4;

    /** Parts of the rule that can be left out, to see that they are needed. */
    enum Part {
        /** What is known is committed beside an offset. */
        METADATA,
        /** Whoever takes over goes on claiming what was committed, in place of comparing it once. */
        CLAIMS_OF_OTHERS,
        /** Nothing is committed from a refusal until the reader has gone back. */
        COMMIT_WAITS,
        /** Calls carry claims. */
        CLAIMS,
        /** What is owned is checked although nothing is appended. */
        CHECK,
        /** Going back lowers what is known. */
        LOWERED,
        /** Destinations drop what they have by a fence of their own, and not by the lane's complete offset alone. */
        FENCES
    }

    /** How what a batch has under one tag is divided among calls. */
    enum Calls {
        /** One call. */
        WHOLE,
        /** The first record, then the others: the second call is sent when the first one was taken, and claims after it. */
        IN_TURN,
        /** One destination, and the other: both under way together, with the same claim. */
        TOGETHER
    }

    /** Records of two lanes, by their destinations. */
    enum Layout {
        MIXED(new int[][][] {{{0}, {2}, {0}}, {{2}, {0}, {3}}}),
        SPREAD(new int[][][] {{{0}, {1}, {2}}, {{2}, {0, 2}, {0}}}),
        DOUBLE(new int[][][] {{{0}, {0, 2}, {2}}, {{2}, {0}, {0}}});

        private final int[][][] destinations;

        Layout(int[][][] destinations) {
            this.destinations = destinations;
        }
    }

    final String name;
    final Set<Part> parts = EnumSet.allOf(Part.class);

    /** Writers count their calls under each tag, and commit a receipt of that. */
    boolean counters;
    /** Tags in such a receipt. */
    int receiptTags = 1;

    Calls calls = Calls.WHOLE;
    int records = 2;
    Layout layout = Layout.SPREAD;
    int masters = 1;
    /** A failover takes so many calls at most, of each master once. */
    int back = 2;
    /** A failover may take everything. */
    boolean emptied;
    /** Lanes that are given to the other reader. */
    int moves;
    /** The former owner may not know. */
    boolean zombies;

    int zombieCommits;
    int crashes;
    /** Calls that are carried out late, or twice. */
    int late;
    /** Records of each lane in a batch. */
    int batch = 2;
    /** Batches of both lanes. */
    boolean joint = true;
    /** Masters fail over only before a lane is taken over. */
    boolean failsFirst;
    /** A reader has one batch under way, and not one of each lane. */
    boolean serial;

    Scenario(String name) {
        this.name = name;
    }

    Scenario without(Part part) {
        parts.remove(part);
        return this;
    }

    Scenario counters(int tagsInReceipt) {
        counters = true;
        receiptTags = tagsInReceipt;
        return small();
    }

    Scenario calls(Calls divided) {
        calls = divided;
        return this;
    }

    Scenario records(int each, Layout of) {
        records = each;
        layout = of;
        return this;
    }

    Scenario masters(int each) {
        masters = each;
        return this;
    }

    Scenario emptied() {
        emptied = true;
        return this;
    }

    Scenario back(int calls) {
        back = calls;
        return this;
    }

    Scenario moves() {
        moves = 1;
        return this;
    }

    Scenario zombies(int commits) {
        moves = 1;
        zombies = true;
        zombieCommits = commits;
        return this;
    }

    Scenario crash() {
        crashes = 1;
        return this;
    }

    Scenario late() {
        late = 1;
        return this;
    }

    /** One record of one lane in a batch. */
    Scenario small() {
        batch = 1;
        joint = false;
        return this;
    }

    Scenario failsFirst() {
        failsFirst = true;
        return this;
    }

    Scenario serial() {
        serial = true;
        return this;
    }

    boolean has(Part part) {
        return parts.contains(part);
    }

    int master(int tag) {
        return tag % masters;
    }

    /** Where a record goes. */
    int[] destinations(int lane, int record) {
        return layout.destinations[lane][record];
    }

    /** How many calls a batch may have. */
    int slots() {
        return TAGS * parts();
    }

    private int parts() {
        return calls == Calls.WHOLE ? 1 : 2;
    }

    /** The tag of one of a batch's calls. */
    int tagOf(int slot) {
        return slot / parts();
    }

    /** Which of its tag's calls it is. */
    int partOf(int slot) {
        return slot % parts();
    }

    /** Where a call has a record for. */
    int[] destinations(int lane, int record, int slot) {
        return Arrays.stream(destinations(lane, record))
                .filter(each -> tag(each) == tagOf(slot))
                .filter(each -> calls != Calls.TOGETHER || each % 2 == partOf(slot))
                .toArray();
    }

    static int tag(int destination) {
        return destination / 2;
    }

    boolean hasEntries(int lane, long from, long to, int slot) {
        for (int record = (int) from; record < to; record++) {
            if (destinations(lane, record, slot).length > 0) {
                return true;
            }
        }
        return false;
    }
}
