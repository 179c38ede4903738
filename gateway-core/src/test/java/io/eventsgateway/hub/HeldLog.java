package io.eventsgateway.hub;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.EventId;
import io.eventsgateway.Payload;
import io.eventsgateway.log.EventLog;
import io.eventsgateway.log.Follower;
import io.eventsgateway.log.ForwardingEventLog;
import io.eventsgateway.log.Gap;
import io.eventsgateway.log.Gate;
import io.eventsgateway.log.LogEnd;
import io.eventsgateway.log.Page;
import io.eventsgateway.log.StoredEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A log of one destination, and a timer, that do nothing before they are told to, and write down what they are asked. */
final class HeldLog extends ForwardingEventLog implements Timer {

    static final Destination DESTINATION = new Destination("acme", "view", "1");
    static final Gate CLOSED = Gate.OPEN.after(Event.disconnect(Set.of(), Payload.EMPTY));

    private final List<String> seen;
    private final Queue<CompletableFuture<LogEnd>> ends = new ArrayDeque<>();
    private final Queue<CompletableFuture<Page>> tailPages = new ArrayDeque<>();
    private final Queue<CompletableFuture<Page>> pages = new ArrayDeque<>();
    private final Queue<CompletableFuture<@Nullable Payload>> pieces = new ArrayDeque<>();
    private final Queue<CompletableFuture<@Nullable EventId>> progress = new ArrayDeque<>();
    private final List<Runnable> later = new ArrayList<>();
    private final Set<Follower> left = new HashSet<>();
    private @Nullable Follower follower;

    /** A log that writes what it is asked to a list. */
    HeldLog(List<String> seen) {
        this.seen = seen;
    }

    /** The nth event's id; 0 is the start. */
    static EventId at(int n) {
        return n == 0 ? EventId.START : new EventId(7, 1000 + n, n);
    }

    static Event message() {
        return Event.message("message", Payload.of("x".getBytes(StandardCharsets.UTF_8)));
    }

    static StoredEvent stored(int n) {
        return new StoredEvent(at(n), at(n - 1), message());
    }

    /** A page of a log that ends at {@code end}. */
    static Page page(int end, boolean more, int... events) {
        List<StoredEvent> stored =
                Arrays.stream(events).mapToObj(HeldLog::stored).toList();
        return Page.of(Gap.NONE, at(end), stored, more, null);
    }

    static Page large(int n, int size) {
        return Page.of(Gap.NONE, at(n), List.of(), true, new Page.Large(at(n), at(n - 1), "message", size, "", null));
    }

    boolean answerEnd(int end) {
        return answerEnd(new LogEnd(at(end), Gate.OPEN));
    }

    boolean answerEnd(LogEnd end) {
        return answer(ends, end);
    }

    boolean answerTail(Page page) {
        return answer(tailPages, page);
    }

    boolean answerPage(Page page) {
        return answer(pages, page);
    }

    boolean answerPiece(@Nullable Payload piece) {
        return answer(pieces, piece);
    }

    boolean answerProgress(@Nullable EventId position) {
        return answer(progress, position);
    }

    /** Answers the oldest question of a kind; false where there is none. */
    private static <T extends @Nullable Object> boolean answer(Queue<CompletableFuture<T>> asked, T value) {
        CompletableFuture<T> oldest = asked.poll();
        return oldest != null && oldest.complete(value);
    }

    /** Fails whatever was asked; false where nothing was. */
    boolean fail() {
        List<CompletableFuture<?>> all = new ArrayList<>();
        List.of(ends, tailPages, pages, pieces, progress).forEach(each -> {
            all.addAll(each);
            each.clear();
        });
        all.forEach(each -> each.completeExceptionally(new IllegalStateException("log not there")));
        return !all.isEmpty();
    }

    /** Whether a page is asked for. */
    boolean isAsked() {
        return !pages.isEmpty();
    }

    /** Whether something waits for the timer. */
    boolean hasLater() {
        return !later.isEmpty();
    }

    /** Lets the timer's time come; false where nobody waits for it. */
    boolean runLater() {
        List<Runnable> now = List.copyOf(later);
        later.clear();
        now.forEach(Runnable::run);
        return !now.isEmpty();
    }

    /** Pushes the nth event; false where nobody follows. */
    boolean push(int n) {
        return push(n, message());
    }

    /** The same; null for one that is too large to be pushed. */
    boolean push(int n, @Nullable Event event) {
        Follower to = follower;
        if (to != null) {
            to.appended(at(n), at(n - 1), event);
        }
        return to != null;
    }

    private <T> CompletionStage<T> ask(Queue<CompletableFuture<T>> asked, String what) {
        seen.add(what);
        CompletableFuture<T> answer = new CompletableFuture<>();
        asked.add(answer);
        return answer;
    }

    @Override
    protected EventLog delegate() {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<LogEnd> end(Destination destination) {
        return ask(ends, "ask end");
    }

    @Override
    public CompletionStage<Page> read(Destination destination, @Nullable EventId after, int maxEvents, int maxBytes) {
        String from = after == null ? "the oldest" : Long.toString(after.sequence());
        return maxBytes == TailBuffer.MAX_BYTES
                ? ask(tailPages, "tail reads from " + from)
                : ask(pages, "read from " + from);
    }

    @Override
    public CompletionStage<@Nullable Payload> readPiece(
            Destination destination, Page.Large large, int from, int bytes) {
        return ask(pieces, "read piece from " + from);
    }

    @Override
    public CompletionStage<@Nullable EventId> find(Destination destination, String subject) {
        return ask(progress, "ask progress");
    }

    @Override
    public CompletionStage<?> save(Destination destination, String subject, EventId position) {
        seen.add("save " + position.sequence());
        return CompletableFuture.completedStage(null);
    }

    @Override
    public Following follow(Destination destination, Follower to) {
        seen.add("follow");
        follower = to;
        return () -> {
            if (left.add(to)) {
                seen.add("leave");
            }
        };
    }

    @Override
    public void after(Duration delay, Runnable task) {
        later.add(task);
    }
}
