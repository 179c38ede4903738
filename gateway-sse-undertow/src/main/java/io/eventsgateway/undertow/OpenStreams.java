package io.eventsgateway.undertow;

import io.eventsgateway.Destination;
import io.eventsgateway.auth.Identity;
import io.undertow.server.HttpServerExchange;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The streams that are open on this replica, for those who operate it. Any thread may call. */
public final class OpenStreams {

    private static final long PATIENCE_SECONDS = 5;

    private final Map<EventStream, OpenStream> streams;
    private final AtomicLong numbers = new AtomicLong();

    /**
     * What there is to see.
     *
     * @param found how those are doing that were looked at, the newest first
     * @param total how many there were to be looked at
     */
    public record Seen(List<StreamDetails> found, int total) {

        /** Copies the list. */
        public Seen {
            found = List.copyOf(found);
        }
    }

    OpenStreams(Map<EventStream, OpenStream> streams) {
        this.streams = streams;
    }

    /** What there is to say of a stream that begins. */
    OpenStream next(HttpServerExchange exchange, Identity identity, Set<Destination> allowed) {
        return new OpenStream(
                numbers.incrementAndGet(),
                identity.organisation(),
                identity.subject(),
                allowed,
                Instant.now(),
                AddressKind.of(exchange));
    }

    /** Who is connected at the moment, in no order. */
    public List<OpenStream> all() {
        return List.copyOf(streams.values());
    }

    /**
     * Looks at the newest of some streams, each on its own I/O thread.
     *
     * @param most how many at most
     * @return fails where one of those threads does not answer within seconds
     */
    public CompletionStage<Seen> look(Predicate<OpenStream> which, int most) {
        List<Map.Entry<EventStream, OpenStream>> chosen = choose(which);
        chosen.sort(Comparator.comparing(
                (Map.Entry<EventStream, OpenStream> each) -> each.getValue().number(), Comparator.reverseOrder()));
        List<CompletableFuture<StreamDetails>> looks = chosen.stream()
                .limit(most)
                .map(each -> each.getKey().look(each.getValue()))
                .toList();
        return CompletableFuture.allOf(looks.toArray(CompletableFuture<?>[]::new))
                .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .thenApply(done ->
                        new Seen(looks.stream().map(CompletableFuture::join).toList(), chosen.size()));
    }

    /**
     * Ends some streams between two events, spread over a time, each with its own time to come back. Those of one connection end together: it
     * ends with them, or its client is asked to leave it, where it has no others. Returns at once.
     *
     * @param share the part of them that is ended, of connections that are chosen at random; 1 for all, and at least one of those there are
     * @return how many
     */
    public int end(Predicate<OpenStream> which, double share, Duration over) {
        List<Map.Entry<EventStream, OpenStream>> chosen = choose(which);
        int count = (int) Math.ceil(share * chosen.size());
        List<List<EventStream>> connections = new ArrayList<>(chosen.stream()
                .map(Map.Entry::getKey)
                .collect(Collectors.groupingBy(EventStream::peer))
                .values());
        Collections.shuffle(connections);
        int left = count;
        for (List<EventStream> together : connections) {
            long delay = over.isZero() ? 0 : ThreadLocalRandom.current().nextLong(over.toMillis());
            for (EventStream each : together.subList(0, Math.min(left, together.size()))) {
                each.stop(delay, EventStream.soonMillis());
                left--;
            }
        }
        return count;
    }

    private List<Map.Entry<EventStream, OpenStream>> choose(Predicate<OpenStream> which) {
        List<Map.Entry<EventStream, OpenStream>> chosen = new ArrayList<>();
        streams.forEach((stream, open) -> {
            if (which.test(open)) {
                chosen.add(Map.entry(stream, open));
            }
        });
        return chosen;
    }
}
