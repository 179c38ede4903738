package io.eventsgateway.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.Cursor;
import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.EventId;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.log.StoredEvent;
import io.eventsgateway.sse.SseFrames;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A client that keeps its books and its position over its connections. Each position that it is given must lead on from the one that it has:
 * nothing between them but the event that came with it, and connects and disconnects, which are not for it to see; or a {@code reset}.
 */
final class InterleavedClient {

    private static final Identity ANN = new Identity("ann", "acme", Set.of("ann"), Set.of(), null);
    private static final CloseReason[] CUTS = {
        CloseReason.GONE, CloseReason.STALLED, CloseReason.EXPIRED, CloseReason.AGE, CloseReason.STOPPED
    };

    private final Interleavings world;
    private final Interleavings.UnkindLog log;
    private final Hub hub;
    private final List<Destination> destinations;
    private final Map<String, List<String>> books = new TreeMap<>();
    private final Map<String, EventId> begins = new TreeMap<>();
    private @Nullable List<EventId> positions;
    private @Nullable String lastEventId;
    private boolean stalls;
    private boolean retired;
    private @Nullable Connection connection;
    private @Nullable StreamSubscription stream;

    InterleavedClient(Interleavings world, Interleavings.UnkindLog log, Hub hub, List<Destination> destinations) {
        this.world = world;
        this.log = log;
        this.hub = hub;
        this.destinations = destinations;
        connect();
    }

    private void connect() {
        if (lastEventId == null) {
            // it begins anew
            books.clear();
        }
        Connection made = new Connection();
        connection = made;
        Start start = new Start(Start.From.EARLIEST, lastEventId);
        made.subscription = hub.subscribe(ANN, destinations, start, made, world);
        stream = (StreamSubscription) made.subscription;
    }

    void misbehave() {
        switch (world.random.nextInt(4)) {
            case 0, 1 -> {
                stalls = !stalls;
                resume();
            }
            case 2 -> {
                leave();
                connect();
            }
            default -> cut(CUTS[world.random.nextInt(CUTS.length)]);
        }
    }

    /** Has its stream closed, of which it hears. */
    void cut(CloseReason reason) {
        Connection to = connection;
        if (to != null && to.subscription != null) {
            to.subscription.close(reason);
        }
    }

    void behave() {
        stalls = false;
        resume();
        if (connection == null) {
            connect();
        }
    }

    private void resume() {
        Connection to = connection;
        if (!stalls && to != null && to.full && to.subscription != null) {
            to.full = false;
            to.subscription.resume();
        }
    }

    /** Breaks its connection: what is sent by then is lost. */
    void leave() {
        Connection to = connection;
        connection = null;
        if (to != null && to.subscription != null) {
            to.subscription.close(CloseReason.GONE);
        }
    }

    /** Looks at the states of its stream, its stream's readers and their tails. */
    void look(Moves moves) {
        if (stream != null) {
            moves.look(stream, stream.state());
            for (DestinationReader reader : stream.readers().all()) {
                moves.look(reader, reader.state());
                moves.look(reader.tail(), reader.tail().state());
            }
        }
    }

    /** Leaves for good. */
    void retire() {
        retired = true;
        leave();
    }

    /**
     * It must have, since its last reset, all that the log has; of a destination of several that was ended for it when it came, what came since.
     */
    void checkBooks() {
        for (Destination destination : destinations) {
            List<String> there = log.events(destination).stream()
                    .filter(stored -> isBehindBegin(destination, stored))
                    .map(StoredEvent::event)
                    .filter(event -> event.kind() == Event.Kind.MESSAGE)
                    .map(event -> new String(event.data().toByteArray(), StandardCharsets.UTF_8).strip())
                    .toList();
            List<String> here = books.getOrDefault(destination.path(), List.of());
            int before = log.expires() ? Math.max(0, here.size() - there.size()) : 0;
            assertThat(here.subList(before, here.size()))
                    .as("%s of %s", destination.path(), destinations)
                    .isEqualTo(there);
        }
    }

    private boolean isBehindBegin(Destination destination, StoredEvent stored) {
        EventId begin = begins.get(destination.path());
        return begin == null
                || log.events(destination).stream().noneMatch(each -> each.id().equals(begin))
                || stored.id().sequence() > begin.sequence();
    }

    private void goTo(String id, @Nullable String sent, boolean reset) {
        List<EventId> next = Objects.requireNonNull(Cursor.read(destinations, id), id);
        List<EventId> before = positions;
        if (before == null && destinations.size() > 1) {
            for (int i = 0; i < next.size(); i++) {
                Destination destination = destinations.get(i);
                boolean here = destination.path().equals(sent);
                StoredEvent first = here ? log.known(destination, next.get(i)) : null;
                begins.put(destination.path(), first == null ? next.get(i) : first.previous());
            }
        }
        for (int i = 0; before != null && i < next.size(); i++) {
            Destination destination = destinations.get(i);
            boolean here = destination.path().equals(sent);
            if (!here || !reset) {
                assertLeads(destination, before.get(i), next.get(i), here);
            }
        }
        positions = next;
        lastEventId = id;
    }

    private void assertLeads(Destination destination, EventId from, EventId to, boolean event) {
        EventId at = event ? Objects.requireNonNull(log.known(destination, to)).previous() : to;
        while (!at.equals(from)) {
            StoredEvent passed = log.known(destination, at);
            assertThat(passed != null && passed.event().kind() != Event.Kind.MESSAGE)
                    .as("%s from %s to %s without a reset", destination.path(), from, to)
                    .isTrue();
            at = Objects.requireNonNull(passed).previous();
        }
    }

    /** What comes after the client left is lost, and an event of which only a part came. */
    private final class Connection implements Subscriber {
        private final ByteArrayOutputStream begun = new ByteArrayOutputStream();
        private @Nullable Subscription subscription;
        private boolean opened;
        private boolean closed;
        private boolean full;

        private boolean isLost() {
            return connection != this;
        }

        @Override
        public void opened() {
            assertThat(opened || closed).isFalse();
            opened = true;
        }

        @Override
        public boolean deliver(ByteBuffer... frame) {
            boolean room = deliverPart(frame);
            if (!isLost()) {
                read(begun.toString(StandardCharsets.UTF_8));
            }
            begun.reset();
            return room;
        }

        @Override
        public boolean deliverPart(ByteBuffer... parts) {
            assertThat(opened && !closed).as("open").isTrue();
            assertThat(full).as("there was no room").isFalse();
            for (ByteBuffer part : parts) {
                begun.write(part.array(), part.arrayOffset() + part.position(), part.remaining());
            }
            full = stalls && !isLost();
            return !full;
        }

        private void read(String text) {
            SseFrames.Frame event = SseFrames.of(text).events().get(0);
            boolean reset = event.name().equals("reset");
            String destination =
                    event.destination().isEmpty() ? destinations.get(0).path() : event.destination();
            goTo(event.lastEventId(), destination, reset);
            if (reset) {
                books.remove(destination);
                begins.remove(destination);
            } else if (event.name().equals("message")) {
                books.computeIfAbsent(destination, key -> new ArrayList<>())
                        .add(String.valueOf(event.data()).strip());
            }
        }

        @Override
        public void position(String id) {
            assertThat(opened && !closed).as("open").isTrue();
            assertThat(begun.size()).as("within an event").isZero();
            if (!isLost()) {
                goTo(id, null, false);
            }
        }

        @Override
        public void flush() {
            assertThat(opened && !closed).as("open").isTrue();
        }

        @Override
        public void closed(CloseReason reason) {
            assertThat(closed).isFalse();
            assertThat(reason).isNotEqualTo(CloseReason.FAILED);
            closed = true;
            boolean lost = isLost();
            if (!lost) {
                connection = null;
            }
            // one that was shut out comes back when it can't know better, or when its turn comes
            if (!lost && (reason != CloseReason.ENDED || world.behaves())) {
                world.execute(() -> {
                    if (connection == null && !retired) {
                        connect();
                    }
                });
            }
        }
    }
}
