package io.eventsgateway.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.EventId;
import io.eventsgateway.Payload;
import io.eventsgateway.Source;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.log.Entry;
import io.eventsgateway.log.EventLog;
import io.eventsgateway.log.Follower;
import io.eventsgateway.log.ForwardingEventLog;
import io.eventsgateway.log.ForwardingFollower;
import io.eventsgateway.log.Generation;
import io.eventsgateway.log.InMemoryEventLog;
import io.eventsgateway.log.Page;
import io.eventsgateway.log.Tail;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The hub in an unkind world: everything that could happen at another time does. Reads and news are late, out of order, lost or
 * fail; clients stall, go away and come back with their position. Each must have every event once and in order.
 */
class HubInterleavingTest {

    private static final int ROUNDS = 40;
    private static final int DESTINATIONS = 5;
    private static final int CLIENTS = 60;
    private static final int EVENTS = 300;

    private static final HubListener SILENT = new HubListener() {
        @Override
        public void failed(Throwable fault) {
            assertThat(fault).hasMessage("log does what it must not");
        }
    };

    private final List<Destination> destinations = IntStream.range(0, DESTINATIONS)
            .mapToObj(i -> new Destination("acme", "view", "d" + i))
            .toList();
    private final List<Runnable> bag = new ArrayList<>();
    private Random random = new Random(0);
    private int delivered;
    private int reconnects;

    static List<Long> seeds() {
        String fixed = System.getProperty("seed");
        return fixed != null
                ? List.of(Long.parseLong(fixed))
                : new Random().longs(ROUNDS).boxed().toList();
    }

    @ParameterizedTest(name = "-Dseed={0}")
    @MethodSource("seeds")
    void bringsEveryEventOnceAndInOrder(long seed) {
        random = new Random(seed);
        ShakyLog log = new ShakyLog();
        Hub hub = new Hub(log, bag::add, bag::add, SILENT);
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            int several = random.nextInt(4) == 0 ? 2 + random.nextInt(DESTINATIONS - 1) : 1;
            int first = random.nextInt(DESTINATIONS);
            List<Destination> some = IntStream.range(0, several)
                    .mapToObj(each -> destinations.get((first + each) % DESTINATIONS))
                    .toList();
            clients.add(new Client(hub, some));
        }
        int[] appended = new int[DESTINATIONS];
        for (int n = 0; n < EVENTS; n++) {
            int to = random.nextInt(DESTINATIONS);
            log.append(
                    Generation.FIRST,
                    List.of(new Entry(
                            destinations.get(to),
                            Event.message(
                                    "message",
                                    Payload.of((appended[to]++ + " ".repeat(padding(n)))
                                            .getBytes(StandardCharsets.UTF_8))),
                            new Source("t", "id", to, n),
                            null)));
            if (random.nextInt(3) == 0) {
                clients.get(random.nextInt(CLIENTS)).misbehave();
            }
            runSome(random.nextInt(200));
        }
        clients.forEach(Client::behave);
        runSome(Integer.MAX_VALUE);

        for (Client client : clients) {
            for (Destination destination : client.destinations) {
                List<Integer> expected = IntStream.range(0, appended[destinations.indexOf(destination)])
                        .boxed()
                        .toList();
                assertThat(client.books.getOrDefault(destination.path(), List.of()))
                        .as("seed %d, %s of %s", seed, destination.path(), client.destinations)
                        .isEqualTo(expected);
            }
            assertThat(client.resets).isZero();
        }
        assertThat(delivered).isGreaterThan(EVENTS);
        assertThat(reconnects).isPositive();
        clients.forEach(Client::leave);
        runSome(Integer.MAX_VALUE);
        assertThat(hub.subscriptions()).isZero();
        assertThat(hub.destinations()).isZero();
        assertThat(log.followed).isZero();
    }

    private void runSome(int count) {
        for (int i = 0; i < count && !bag.isEmpty(); i++) {
            int last = bag.size() - 1;
            int picked = random.nextInt(bag.size());
            Runnable task = bag.set(picked, bag.get(last));
            bag.remove(last);
            task.run();
        }
    }

    /** A client with books, which keeps its Last-Event-ID over its connections. */
    private final class Client {
        private final Hub hub;
        private final List<Destination> destinations;
        private final Map<String, List<Integer>> books = new TreeMap<>();
        private String lastEventId = "";
        private boolean stalls;
        private boolean full;
        private int resets;
        private Connection connection;

        Client(Hub hub, List<Destination> destinations) {
            this.hub = hub;
            this.destinations = destinations;
            this.connection = connect();
        }

        private Connection connect() {
            Connection made = new Connection(this);
            Identity identity = new Identity("ann", "acme", Set.of("ann"), Set.of(), null);
            Start start = new Start(Start.From.EARLIEST, lastEventId.isEmpty() ? null : lastEventId);
            made.subscription = hub.subscribe(identity, destinations, start, made, bag::add);
            return made;
        }

        void misbehave() {
            if (random.nextBoolean()) {
                stalls = !stalls;
                resume();
            } else {
                leave();
                reconnects++;
                full = false;
                connection = connect();
            }
        }

        void behave() {
            stalls = false;
            resume();
        }

        private void resume() {
            if (!stalls && full) {
                full = false;
                connection.subscription.resume();
            }
        }

        void leave() {
            connection.gone = true;
            connection.subscription.close(CloseReason.GONE);
        }
    }

    /** Some events are too large for a page, and a few for the live tail too. */
    private static int padding(int n) {
        return n % 20 == 7 ? 70_000 : n % 100 == 33 ? 300_000 : 0;
    }

    /** One connection of a client; what comes after the client left is lost, as on a broken connection. */
    private final class Connection implements Subscriber {
        private final Client client;
        private Subscription subscription;
        private boolean gone;
        private boolean opened;

        Connection(Client client) {
            this.client = client;
        }

        @Override
        public void opened() {
            assertThat(opened).isFalse();
            opened = true;
        }

        @Override
        public boolean deliver(ByteBuffer... frame) {
            assertThat(opened).isTrue();
            assertThat(client.full && !gone)
                    .as("delivered although there was no room")
                    .isFalse();
            if (gone) {
                return true;
            }
            StringBuilder text = new StringBuilder();
            for (ByteBuffer part : frame) {
                text.append(StandardCharsets.UTF_8.decode(part));
            }
            read(text.toString());
            delivered++;
            client.full = client.stalls;
            return !client.full;
        }

        private void read(String frame) {
            String destination = client.destinations.get(0).path();
            for (String line : frame.split("\n")) {
                if (line.startsWith("id: ")) {
                    client.lastEventId = line.substring(4);
                } else if (line.startsWith("destination: ")) {
                    destination = line.substring(13);
                } else if (line.equals("event: reset")) {
                    client.resets++;
                } else if (line.startsWith("data: ")) {
                    client.books
                            .computeIfAbsent(destination, key -> new ArrayList<>())
                            .add(Integer.parseInt(line.substring(6).strip()));
                }
            }
        }

        @Override
        public void position(String lastEventId) {
            if (!gone) {
                client.lastEventId = lastEventId;
            }
        }

        @Override
        public void flush() {
            assertThat(opened).isTrue();
        }

        @Override
        public void closed(CloseReason reason) {
            assertThat(reason).isEqualTo(CloseReason.GONE);
        }
    }

    /**
     * A log whose answers come whenever they like, also at once, of which some fail, and which forgets to tell of some events until
     * later.
     */
    private final class ShakyLog extends ForwardingEventLog {
        private final EventLog log = new InMemoryEventLog(Duration.ofDays(1), InstantSource.system());
        private int followed;

        @Override
        protected EventLog delegate() {
            return log;
        }

        @Override
        public CompletionStage<Page> read(
                Destination destination, @Nullable EventId after, int maxEvents, int maxBytes) {
            return late(() -> log.read(destination, after, Math.min(maxEvents, 7), maxBytes));
        }

        @Override
        public CompletionStage<Tail> tail(Destination destination) {
            return late(() -> log.tail(destination));
        }

        private <T> CompletionStage<T> late(Supplier<CompletionStage<T>> answer) {
            switch (random.nextInt(40)) {
                case 0, 1, 2, 3, 4, 5 -> {
                    return answer.get();
                }
                case 6, 7, 8 -> {
                    return CompletableFuture.failedStage(new IllegalStateException("log not there"));
                }
                case 9 -> throw new IllegalStateException("log does what it must not");
                default -> {}
            }
            CompletableFuture<T> later = new CompletableFuture<>();
            bag.add(() -> {
                if (random.nextInt(20) == 0) {
                    bag.add(() -> later.completeExceptionally(new IllegalStateException("log not there")));
                } else {
                    T value = answer.get().toCompletableFuture().join();
                    bag.add(() -> later.complete(value));
                }
            });
            return later;
        }

        @Override
        public Following follow(Destination destination, Follower follower) {
            if (random.nextInt(20) == 0) {
                throw new IllegalStateException("log does what it must not");
            }
            followed++;
            Following following = log.follow(destination, new ForwardingFollower(follower) {
                @Override
                public void appended(EventId id, @Nullable Event event) {
                    int luck = random.nextInt(100);
                    if (luck < 5) {
                        bag.add(() -> bag.add(() -> bag.add(follower::wake)));
                    } else {
                        bag.add(() -> follower.appended(id, luck < 15 ? null : event));
                        if (luck > 90) {
                            bag.add(() -> follower.appended(id, event));
                        }
                    }
                }

                @Override
                public void wake() {
                    bag.add(follower::wake);
                }
            });
            return () -> {
                followed--;
                following.close();
            };
        }
    }
}
