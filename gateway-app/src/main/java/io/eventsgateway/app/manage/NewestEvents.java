package io.eventsgateway.app.manage;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.EventId;
import io.eventsgateway.Payload;
import io.eventsgateway.log.EventReader;
import io.eventsgateway.log.Page;
import io.eventsgateway.log.StoredEvent;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Finds the newest events of a destination in a log that is read forward: it looks at the last second, and at four times as long until there are
 * enough. Where more than some thousands were appended in that time it finds fewer than it is asked for. Any thread may call.
 */
public final class NewestEvents {

    private static final long FIRST_MILLIS = 1000;
    private static final int FACTOR = 4;
    private static final long LONGEST_MILLIS = Duration.ofDays(400).toMillis();
    private static final int PAGE_EVENTS = 256;
    private static final int PAGE_BYTES = 256 * 1024;
    private static final int PAGES = 16;

    private final EventReader log;
    private final Destination destination;
    private final int most;

    /**
     * One of them.
     *
     * @param bytes of its data
     * @param data null where it is large, and would have to be read in pieces
     */
    public record Found(
            EventId id,
            Event.Kind kind,
            String name,
            int bytes,
            @Nullable Payload data) {

        static Found of(StoredEvent stored) {
            Event event = stored.event();
            return new Found(
                    stored.id(), event.kind(), event.name(), event.data().size(), event.data());
        }

        static Found of(Page.Large large) {
            return new Found(large.id(), Event.Kind.MESSAGE, large.name(), large.size(), null);
        }
    }

    /** At most so many of a destination's in a log that is lent. */
    public NewestEvents(EventReader log, Destination destination, int most) {
        this.log = log;
        this.destination = destination;
        this.most = most;
    }

    /** The oldest of them first. */
    public CompletionStage<List<Found>> find() {
        return most == 0
                ? CompletableFuture.completedStage(List.of())
                : log.end(destination).thenCompose(end -> look(end.end(), FIRST_MILLIS, List.of()));
    }

    private CompletionStage<List<Found>> look(EventId end, long millis, List<Found> before) {
        if (end.equals(EventId.START) || before.size() == most || millis > LONGEST_MILLIS) {
            return CompletableFuture.completedStage(before);
        }
        EventId from = new EventId(end.epoch(), Math.max(0, end.millis() - millis), 0);
        return collect(from, new ArrayDeque<>(), 1)
                .thenCompose(found ->
                        found == null ? CompletableFuture.completedStage(before) : look(end, millis * FACTOR, found));
    }

    /** The last of those after a position; null where they are too many to be read. */
    private CompletionStage<@Nullable List<Found>> collect(EventId after, Deque<Found> last, int pages) {
        return log.read(destination, after, PAGE_EVENTS, PAGE_BYTES).thenCompose(page -> {
            page.events().forEach(each -> add(last, Found.of(each)));
            Page.Large large = page.large();
            if (large != null) {
                add(last, Found.of(large));
            }
            if (!page.more()) {
                return CompletableFuture.completedStage(List.copyOf(last));
            }
            return pages == PAGES
                    ? CompletableFuture.completedStage(null)
                    : collect(large == null ? page.end() : large.id(), last, pages + 1);
        });
    }

    private void add(Deque<Found> last, Found next) {
        if (last.size() == most) {
            last.removeFirst();
        }
        last.addLast(next);
    }
}
