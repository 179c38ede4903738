package io.eventsgateway.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.EventId;
import io.eventsgateway.Payload;
import io.eventsgateway.log.DeliveryProgress;
import io.eventsgateway.log.EventReader;
import io.eventsgateway.log.Follower;
import io.eventsgateway.log.StoredEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A hub, a log that is unkind and some clients that stall, leave, are cut off and come back: everything that could happen at another time
 * does, as a seed says. All runs on one thread.
 */
final class Interleavings implements Executor, Timer {

    /** Only large enough to be read in pieces, since each of them is decoded for every client. */
    private static final int LARGE = EventReader.LARGE_BYTES + 1000;

    private static final int CLIENTS = 3;
    private static final int EVENTS = 12;
    private static final int STEPS = 1000;
    private static final String MUST_NOT = "log does what it must not";

    final Random random;
    final List<Destination> destinations = IntStream.range(0, 2)
            .mapToObj(i -> new Destination("acme", "view", "d" + i))
            .toList();
    private final List<Runnable> bag = new ArrayList<>();
    private final List<Runnable> unanswered = new ArrayList<>();
    private final List<Throwable> faults = new ArrayList<>();
    private final List<InterleavedClient> clients = new ArrayList<>();
    private final Moves moves;
    private final boolean answersInTheEnd;
    private boolean behaves;
    private int number;

    /** A log of some destinations, which asks {@link #answer} when and how it answers. */
    interface UnkindLog extends EventReader, DeliveryProgress {

        void append(Destination destination, Event event);

        /** Does something that a log may do to its events. */
        void disturb();

        /** Wakes whoever is not at the end, as a log does at an interval. */
        void compare();

        /** The events of a destination. */
        List<StoredEvent> events(Destination destination);

        /** An event that is, or was, in the log. */
        @Nullable
        StoredEvent known(Destination destination, EventId id);

        /** Whether it drops events that are not lost. */
        boolean expires();
    }

    private Interleavings(long seed, Moves moves) {
        random = new Random(seed);
        this.moves = moves;
        moves.begin();
        // else some questions are never answered, and all that is promised is that nothing is left out
        answersInTheEnd = random.nextInt(4) > 0;
    }

    /** Runs so many rounds as {@code -Drounds} says, or the one of {@code -Dseed}; a round that fails is named by that. Returns how many. */
    static int run(String name, Consumer<Interleavings> round) {
        Moves moves = new Moves();
        Long fixed = Long.getLong("seed");
        long first = fixed == null ? new Random().nextLong() : fixed;
        int rounds = fixed == null ? Integer.getInteger("rounds", 5_000) : 1;
        for (long seed = first; seed != first + rounds; seed++) {
            try {
                round.accept(new Interleavings(seed, moves));
            } catch (RuntimeException | AssertionError failure) {
                throw new AssertionError("-Dseed=" + seed, failure);
            }
        }
        System.out.println("interleavings: " + name + " " + rounds + " rounds from -Dseed=" + first);
        moves.print();
        return rounds;
    }

    @Override
    public void execute(Runnable task) {
        bag.add(task);
    }

    @Override
    public void after(Duration delay, Runnable task) {
        bag.add(task);
    }

    /** Whether the unkind part of the round is over. */
    boolean behaves() {
        return behaves;
    }

    /** Runs some of what is due, in any order. */
    private void runSome(int most) {
        for (int i = 0; i < most && !bag.isEmpty(); i++) {
            int last = bag.size() - 1;
            Runnable task = bag.set(random.nextInt(bag.size()), bag.get(last));
            bag.remove(last);
            task.run();
            clients.forEach(client -> client.look(moves));
        }
    }

    /** An answer at once, late, never or a failure. */
    <T extends @Nullable Object> CompletionStage<T> answer(Supplier<T> value) {
        misbehave(40);
        int luck = behaves ? 0 : random.nextInt(20);
        if (luck < 6) {
            return CompletableFuture.completedStage(value.get());
        }
        CompletableFuture<T> later = new CompletableFuture<>();
        switch (luck) {
            case 6, 7 -> later.completeExceptionally(new IllegalStateException("log not there"));
            case 8 -> unanswered.add(() -> later.completeExceptionally(new IllegalStateException("no answer")));
            case 9 -> bag.add(() -> later.completeExceptionally(new IllegalStateException("log not there")));
            case 10, 11, 12 ->
                bag.add(() -> {
                    T then = value.get();
                    bag.add(() -> later.complete(then));
                });
            default -> {
                T now = value.get();
                bag.add(() -> later.complete(now));
            }
        }
        return later;
    }

    /** What a log must not do, and does once in so many times. */
    void misbehave(int times) {
        if (!behaves && random.nextInt(times) == 0) {
            throw new IllegalStateException(MUST_NOT);
        }
    }

    /** Pushes an event late, twice, without its data or not at all. */
    void push(Follower follower, StoredEvent stored) {
        Event event = stored.event();
        boolean message = event.kind() == Event.Kind.MESSAGE;
        int luck = random.nextInt(40);
        boolean bare = message && (luck < 4 || event.data().size() > EventReader.LARGE_BYTES);
        Runnable push = () -> follower.appended(stored.id(), stored.previous(), bare ? null : event);
        switch (luck) {
            case 39 -> {}
            case 38, 37 -> bag.add(() -> bag.add(follower::wake));
            case 36, 35 -> {
                bag.add(push);
                bag.add(() -> bag.add(push));
            }
            default -> bag.add(push);
        }
    }

    /** Wakes a follower that is elsewhere than at the end. */
    static void compare(Follower follower, EventId end) {
        if (!end.equals(follower.position())) {
            follower.wake();
        }
    }

    /** A round: all this to a log, and what its clients must have after it. */
    void round(UnkindLog log) {
        Hub hub = new Hub(log, log, HubOptions.DEFAULT, this, new HubListener() {
            @Override
            public void failed(Throwable fault) {
                if (!MUST_NOT.equals(fault.getMessage())) {
                    faults.add(fault);
                }
            }
        });
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(new InterleavedClient(this, log, hub, some()));
        }
        for (int n = 0; n < EVENTS; n++) {
            log.append(destinations.get(random.nextInt(destinations.size())), event());
            if (random.nextInt(5) == 0) {
                log.disturb();
            }
            if (random.nextInt(3) == 0) {
                clients.get(random.nextInt(CLIENTS)).misbehave();
            }
            if (random.nextInt(50) == 0) {
                // as the hub closes them, in an order that a seed repeats
                clients.forEach(client -> client.cut(CloseReason.STOPPED));
            }
            runSome(random.nextInt(16));
        }
        settle(log);
        assertNoFault();
        if (answersInTheEnd) {
            clients.forEach(InterleavedClient::checkBooks);
        }
        clients.forEach(InterleavedClient::retire);
        runSome(STEPS);
        assertThat(hub.subscriptions()).isZero();
        assertThat(hub.destinations()).as("followed destinations").isZero();
        fail();
        runSome(STEPS);
        assertNoFault();
        assertThat(hub.keptBytes()).as("bytes kept").isZero();
    }

    private void assertNoFault() {
        for (Throwable fault : faults) {
            throw new AssertionError(fault);
        }
    }

    private List<Destination> some() {
        return random.nextBoolean() ? destinations : List.of(destinations.get(random.nextInt(destinations.size())));
    }

    private Event event() {
        return switch (random.nextInt(12)) {
            case 0 -> Event.disconnect(random.nextBoolean() ? Set.of() : Set.of("ann", "bob"), Payload.EMPTY);
            case 1 -> Event.disconnect(Set.of("bob"), Payload.EMPTY);
            case 2 -> Event.connect(random.nextBoolean() ? Set.of() : Set.of("ann"), Set.of());
            case 3, 4 -> message(LARGE);
            default -> message(1);
        };
    }

    private Event message(int size) {
        byte[] data = new byte[size + 8];
        Arrays.fill(data, (byte) ' ');
        byte[] text = Integer.toString(number++).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(text, 0, data, 0, text.length);
        return Event.message("message", Payload.of(data));
    }

    /** Lets the log and the clients behave, opens what was ended, and waits until nothing happens any more. */
    private void settle(UnkindLog log) {
        behaves = true;
        for (Destination destination : destinations) {
            log.append(destination, Event.connect(Set.of(), Set.of()));
            log.append(destination, message(1));
        }
        if (answersInTheEnd) {
            fail();
        }
        clients.forEach(InterleavedClient::behave);
        int left = answersInTheEnd ? 20 : 1;
        do {
            runSome(STEPS);
            log.compare();
            left--;
        } while (left > 0 && !bag.isEmpty());
        runSome(STEPS);
        assertThat(answersInTheEnd && !bag.isEmpty())
                .as("something goes on and on")
                .isFalse();
    }

    /** The questions without an answer fail, as they do when their time is over. */
    private void fail() {
        List<Runnable> now = List.copyOf(unanswered);
        unanswered.clear();
        now.forEach(Runnable::run);
    }
}
