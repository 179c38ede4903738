package io.eventsgateway.lane;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Explores every state that a model can reach, breadth first, so that the first fault has a shortest trace. Then looks for cycles: where there
 * is none, every run ends, without any assumption of fairness. States are bytes, all of one length.
 */
final class Explorer {

    /** What is explored. */
    interface Model {
        byte[] start();

        /** Passes on all that may happen next. */
        void steps(byte[] state, Steps steps);

        /** Whether nothing is left to be done. */
        boolean isQuiet(byte[] state);

        /** What is wrong with a quiet state; null for nothing. */
        @Nullable
        String fault(byte[] state);

        String describe(byte[] state);
    }

    /** Takes what may happen next. */
    interface Steps {

        /**
         * One step.
         *
         * @param isProgress whether it happens by itself, other than a fault of the machinery
         * @param refusals how many calls were refused in it
         * @param wrong what must never happen and did; null for nothing
         */
        void add(byte[] to, boolean isProgress, int refusals, @Nullable String wrong, Supplier<String> what);
    }

    /**
     * What was found.
     *
     * @param fault null for nothing
     * @param trace what happened on the shortest way to the fault
     * @param refusals how many calls are refused at most in one run
     */
    record Result(int states, @Nullable String fault, List<String> trace, int refusals) {}

    private static final int CHUNK = 1 << 16;

    private final Model model;
    private final int size;
    private byte[][] chunks = new byte[1][];
    private int[] parents = new int[CHUNK];
    private int[] arrivals = new int[CHUNK];
    private int[] table = new int[4 * CHUNK];
    private int count;

    Explorer(Model model) {
        this.model = model;
        this.size = model.start().length;
    }

    /** Explores all, or until the first fault. */
    Result explore() {
        add(model.start(), -1);
        for (int i = 0; i < count; i++) {
            byte[] state = state(i);
            boolean quiet = model.isQuiet(state);
            String fault = quiet ? model.fault(state) : null;
            if (fault != null) {
                return new Result(count, fault, trace(i, null, state), 0);
            }
            Found found = new Found(i, state);
            model.steps(state, found);
            if (found.wrong != null) {
                return new Result(count, found.wrong, trace(i, found.how, state), 0);
            }
            if (!found.progress && !quiet) {
                return new Result(count, "stands still", trace(i, null, state), 0);
            }
        }
        return ends();
    }

    private final class Found implements Steps {
        private final int from;
        private final byte[] state;
        private boolean progress;
        private @Nullable String wrong;
        private @Nullable String how;

        Found(int from, byte[] state) {
            this.from = from;
            this.state = state;
        }

        @Override
        public void add(byte[] to, boolean isProgress, int refusals, @Nullable String isWrong, Supplier<String> what) {
            if (isWrong != null && wrong == null) {
                wrong = isWrong;
                how = what.get();
            }
            if (!Arrays.equals(to, state)) {
                progress |= isProgress;
                int next = Explorer.this.add(to, from);
                arrivals[next]++;
            }
        }
    }

    /** Takes away states that nothing leads to any more, until none is left: or until what is left is in a cycle or behind one. */
    private Result ends() {
        int[] refused = new int[count];
        Deque<Integer> free = new ArrayDeque<>(List.of(0));
        int taken = 0;
        int most = 0;
        while (!free.isEmpty()) {
            int from = free.remove();
            taken++;
            most = Math.max(most, refused[from]);
            byte[] state = state(from);
            model.steps(state, (to, isProgress, refusals, wrong, what) -> {
                if (!Arrays.equals(to, state)) {
                    int next = find(to);
                    refused[next] = Math.max(refused[next], refused[from] + refusals);
                    if (--arrivals[next] == 0) {
                        free.add(next);
                    }
                }
            });
        }
        return taken == count
                ? new Result(count, null, List.of(), most)
                : new Result(count, "never ends", cycle(), most);
    }

    /** A cycle among the states that were not taken away: going back from any of them ends in one. */
    private List<String> cycle() {
        int[] previous = new int[count];
        int[] last = new int[1];
        for (int i = 0; i < count; i++) {
            int from = i;
            if (arrivals[from] > 0) {
                last[0] = from;
                byte[] state = state(from);
                model.steps(state, (to, isProgress, refusals, wrong, what) -> {
                    if (!Arrays.equals(to, state)) {
                        previous[find(to)] = from;
                    }
                });
            }
        }
        List<Integer> back = new ArrayList<>();
        int in = last[0];
        while (!back.contains(in)) {
            back.add(in);
            in = previous[in];
        }
        List<Integer> round = new ArrayList<>(back.subList(back.indexOf(in), back.size()));
        round.add(in);
        Collections.reverse(round);
        List<String> trace = new ArrayList<>(trace(in, null, state(in)));
        trace.add("from there round and round:");
        trace.addAll(steps(round));
        return trace;
    }

    private List<String> trace(int last, @Nullable String then, byte[] state) {
        List<Integer> path = new ArrayList<>();
        for (int i = last; i >= 0; i = parents[i]) {
            path.add(0, i);
        }
        List<String> trace = steps(path);
        if (then != null) {
            trace.add(then);
        }
        trace.add("end: " + model.describe(state));
        return trace;
    }

    /** What leads from each of some states to the next. */
    private List<String> steps(List<Integer> path) {
        List<String> trace = new ArrayList<>();
        for (int i = 0; i + 1 < path.size(); i++) {
            byte[] next = state(path.get(i + 1));
            String[] how = new String[1];
            model.steps(state(path.get(i)), (to, isProgress, refusals, wrong, what) -> {
                if (how[0] == null && Arrays.equals(to, next)) {
                    how[0] = what.get();
                }
            });
            trace.add(how[0]);
        }
        return trace;
    }

    private byte[] state(int index) {
        int at = index % CHUNK * size;
        return Arrays.copyOfRange(chunks[index / CHUNK], at, at + size);
    }

    private boolean is(int index, byte[] state) {
        int at = index % CHUNK * size;
        return Arrays.equals(chunks[index / CHUNK], at, at + size, state, 0, size);
    }

    /** The place in the table of a state, or where it would be. */
    private int place(byte[] state) {
        int at = hash(state) & table.length - 1;
        while (table[at] != 0 && !is(table[at] - 1, state)) {
            at = at + 1 & table.length - 1;
        }
        return at;
    }

    private static int hash(byte[] state) {
        long hash = 0xCBF29CE484222325L;
        for (byte each : state) {
            hash = (hash ^ each) * 0x100000001B3L;
        }
        hash = (hash ^ hash >>> 32) * 0xD6E8FEB86659FD93L;
        return (int) (hash ^ hash >>> 32);
    }

    private int find(byte[] state) {
        int at = place(state);
        if (table[at] == 0) {
            throw new IllegalStateException("steps of a state differ from one time to the next");
        }
        return table[at] - 1;
    }

    private int add(byte[] state, int parent) {
        int at = place(state);
        if (table[at] != 0) {
            return table[at] - 1;
        }
        if (count == parents.length) {
            parents = Arrays.copyOf(parents, 2 * count);
            arrivals = Arrays.copyOf(arrivals, 2 * count);
        }
        int chunk = count / CHUNK;
        if (chunk == chunks.length) {
            chunks = Arrays.copyOf(chunks, 2 * chunk);
        }
        if (chunks[chunk] == null) {
            chunks[chunk] = new byte[CHUNK * size];
        }
        System.arraycopy(state, 0, chunks[chunk], count % CHUNK * size, size);
        parents[count] = parent;
        table[at] = ++count;
        if (count > table.length / 2) {
            grow();
        }
        return count - 1;
    }

    private void grow() {
        table = new int[2 * table.length];
        for (int i = 0; i < count; i++) {
            table[place(state(i))] = i + 1;
        }
    }
}
