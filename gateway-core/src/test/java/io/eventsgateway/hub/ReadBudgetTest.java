package io.eventsgateway.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.StateTable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A lease of a {@link ReadBudget}.
 *
 * <table>
 * <caption>States, and what they do on each event</caption>
 * <tr><th>state<th>bytes are free<th>close<th>close after failure<th>some moments later
 * <tr><td>WAITING<td>run its task; GIVEN, or CLOSED where that throws<td>–<td>–<td>–
 * <tr><td>GIVEN<td>–<td>CLOSED; give the next<td>CLOSED; give the next later<td>–
 * <tr><td>CLOSED<td>–<td>–<td>–<td>give the next
 * </table>
 */
class ReadBudgetTest {

    private final Deque<Runnable> later = new ArrayDeque<>();
    private final List<Throwable> faults = new ArrayList<>();
    private final ReadBudget budget = new ReadBudget(10, later::add, new HubListener() {
        @Override
        public void failed(Throwable fault) {
            faults.add(fault);
        }
    });
    private final List<Integer> ran = new ArrayList<>();

    @Test
    void doesInEveryStateWhatItsTableSays() {
        new StateTable<>(ReadBudgetTest.class, State.class, Rig::new)
                .in(State.WAITING)
                .on("bytes are free", State.GIVEN, "run")
                .on("bytes are free", rig -> rig.throwing = true, State.CLOSED, "run")
                .never("close", "close after failure", "some moments later")
                .in(State.GIVEN)
                .never("bytes are free", "some moments later")
                .on("close", State.CLOSED)
                .on("close", Rig::haveOneWait, State.CLOSED, "run the next")
                .on("close after failure", State.CLOSED)
                .on("close after failure", Rig::haveOneWait, State.CLOSED)
                .in(State.CLOSED)
                .never("bytes are free")
                .ignores("close", "close after failure")
                .on("some moments later", State.CLOSED, "run the next")
                .check();
    }

    private enum State {
        WAITING,
        GIVEN,
        CLOSED
    }

    /** A lease of all bytes, and one before it and one after it. */
    private static final class Rig implements StateTable.Rig<State> {
        private final List<String> seen = new ArrayList<>();
        private final Deque<Runnable> later = new ArrayDeque<>();
        private final ReadBudget budget = new ReadBudget(10, later::add, new HubListener() {
            @Override
            public void failed(Throwable fault) {
                closed = true;
            }
        });
        private ReadBudget.@Nullable Lease before;
        private ReadBudget.@Nullable Lease lease;
        private boolean throwing;
        private boolean closed;

        @Override
        public void bringTo(State state) {
            switch (state) {
                case WAITING -> {
                    budget.lease(10, given -> before = given);
                    lease();
                }
                case GIVEN -> lease();
                case CLOSED -> {
                    lease();
                    haveOneWait();
                    have("close after failure");
                }
            }
        }

        private void lease() {
            budget.lease(10, given -> {
                seen.add("run");
                lease = given;
                if (throwing) {
                    throw new IllegalStateException("told to");
                }
            });
        }

        private void haveOneWait() {
            budget.lease(10, given -> seen.add("run the next"));
        }

        @Override
        public State state() {
            return lease == null ? State.WAITING : closed ? State.CLOSED : State.GIVEN;
        }

        @Override
        public boolean have(String event) {
            return switch (event) {
                case "bytes are free" -> free();
                case "close" -> close(false);
                case "close after failure" -> close(true);
                case "some moments later" -> runLater();
                default -> throw new AssertionError(event);
            };
        }

        private boolean free() {
            ReadBudget.Lease other = before;
            if (other == null) {
                return false;
            }
            other.close();
            return true;
        }

        private boolean close(boolean failed) {
            ReadBudget.Lease of = lease;
            if (of == null) {
                return false;
            }
            closed = true;
            if (failed) {
                of.closeAfterFailure();
            } else {
                of.close();
            }
            return true;
        }

        private boolean runLater() {
            Runnable task = later.poll();
            if (task != null) {
                task.run();
            }
            return task != null;
        }

        @Override
        public List<String> seen() {
            return seen;
        }
    }

    @Test
    void givesLeasesInOrderAndNeverOneTaskOnTopOfAnother() {
        List<ReadBudget.Lease> first = leaseNow(10);
        int[] depth = new int[1];
        for (int i = 0; i < 100_000; i++) {
            int n = i;
            budget.lease(10, lease -> {
                depth[0]++;
                assertThat(depth[0]).isEqualTo(1);
                ran.add(n);
                lease.close();
                depth[0]--;
            });
        }

        first.get(0).close();

        assertThat(ran).hasSize(100_000).isSorted();
        assertThat(faults).isEmpty();
    }

    @Test
    void givesLeasesAfterAFailureSomeMomentsLaterOrWhenAReadSucceeds() {
        List<ReadBudget.Lease> first = leaseNow(5);
        List<ReadBudget.Lease> second = leaseNow(5);
        List<ReadBudget.Lease> third = leaseNow(5);
        budget.lease(5, lease -> ran.add(2));

        first.get(0).closeAfterFailure();
        assertThat(third).isEmpty();
        second.get(0).close();
        assertThat(third).hasSize(1);
        assertThat(ran).containsExactly(2);

        budget.lease(5, lease -> ran.add(3));
        third.get(0).closeAfterFailure();
        later.forEach(Runnable::run);
        assertThat(ran).containsExactly(2, 3);
    }

    @Test
    void closesTheLeaseOfATaskThatThrows() {
        List<ReadBudget.Lease> first = leaseNow(10);
        budget.lease(10, lease -> {
            throw new LinkageError("told to");
        });
        budget.lease(10, lease -> ran.add(1));

        first.get(0).close();
        later.forEach(Runnable::run);

        assertThat(faults).hasSize(1);
        assertThat(ran).containsExactly(1);
    }

    @Test
    void givesBytesBackOnceHoweverOftenALeaseIsClosed() {
        List<ReadBudget.Lease> first = leaseNow(5);
        leaseNow(5);

        first.get(0).close();
        first.get(0).close();
        first.get(0).closeAfterFailure();

        assertThat(leaseNow(5)).hasSize(1);
        assertThat(leaseNow(5)).isEmpty();
    }

    /** The lease, as soon as it is given. */
    private List<ReadBudget.Lease> leaseNow(long bytes) {
        List<ReadBudget.Lease> leases = new ArrayList<>();
        budget.lease(bytes, leases::add);
        return leases;
    }
}
