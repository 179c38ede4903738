package io.eventsgateway.app.console;

import io.eventsgateway.Destination;
import io.eventsgateway.app.console.RecentLetters.Letter;
import io.eventsgateway.app.console.RecentLetters.Seen;
import io.eventsgateway.app.manage.JsonAnswer;
import io.eventsgateway.app.manage.ManagementHandler;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.undertow.EventsHandler;
import io.eventsgateway.undertow.OpenStream;
import io.eventsgateway.undertow.Problem;
import io.eventsgateway.undertow.RequestUrl;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The inspector: its page at {@value #PATH}/, and what this replica knows of dead letters and of who is connected. The page is for
 * everybody; the rest is for who is let in, and of their own organisation only, with letters and destinations of the shared one. To be mounted behind a {@link
 * io.eventsgateway.app.manage.PageGuard}, beside event streams at {@code /api/events}, which the page reads.
 */
public final class ConsoleHandler implements HttpHandler {

    /** Where it is mounted. */
    public static final String PATH = "/manage/console";

    static final int MOST_STREAMS = 500;

    /** Answers at a time, each of which may be some megabytes. */
    private static final int MOST_ANSWERS = 16;

    private final ConsoleAccess access;
    private final EventsHandler events;
    private final RecentLetters letters;
    private final @Nullable String shared;
    private final boolean embedded;
    private final ConsoleFiles files = new ConsoleFiles();
    private final Semaphore answers = new Semaphore(MOST_ANSWERS);

    /**
     * A handler; everything is lent.
     *
     * @param shared an organisation that everybody sees beside their own; null for none
     * @param embedded whether records can be sent at {@code /dev/records}
     */
    public ConsoleHandler(
            ConsoleAccess access,
            EventsHandler events,
            RecentLetters letters,
            @Nullable String shared,
            boolean embedded) {
        this.access = access;
        this.events = events;
        this.letters = letters;
        this.shared = shared;
        this.embedded = embedded;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws IOException {
        String path;
        try {
            path = RequestUrl.path(exchange);
        } catch (IllegalArgumentException malformed) {
            new Problem(400, String.valueOf(malformed.getMessage())).send(exchange);
            return;
        }
        String method = exchange.getRequestMethod().toString();
        String what = path.startsWith(PATH + "/") ? path.substring(PATH.length() + 1) : "";
        if (!method.equals(Methods.GET_STRING) && !method.equals(Methods.HEAD_STRING)) {
            exchange.getResponseHeaders().put(Headers.ALLOW, "GET, HEAD");
            new Problem(405, "The inspector is read with GET.").send(exchange);
        } else if (what.isEmpty()) {
            files.send(exchange, "index.html");
        } else if (files.has(what)) {
            files.send(exchange, what);
        } else {
            answer(exchange, what);
        }
    }

    private void answer(HttpServerExchange exchange, String what) {
        switch (what) {
            case "info" -> JsonAnswer.send(exchange, 200, info());
            case "letters" -> admit(exchange, identity -> JsonAnswer.send(exchange, 200, letters(identity)));
            case "streams" -> admit(exchange, identity -> JsonAnswer.send(exchange, 200, streams(identity)));
            default ->
                new Problem(404, "The inspector has its page, info, letters and streams under " + PATH + "/.")
                        .send(exchange);
        }
    }

    private void admit(HttpServerExchange exchange, Consumer<Identity> answer) {
        exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-store");
        if (!answers.tryAcquire()) {
            exchange.getResponseHeaders().put(Headers.RETRY_AFTER, "1");
            new Problem(503, "Too much is asked of the inspector at a time; ask again.").send(exchange);
            return;
        }
        exchange.addExchangeCompleteListener((ended, next) -> {
            answers.release();
            next.proceed();
        });
        exchange.dispatch(() -> access.admit(exchange, answer));
    }

    private Map<String, Object> info() {
        return Map.of("version", ManagementHandler.version(), "embedded", embedded, "tokenNeeded", !access.isOpen());
    }

    private Map<String, Object> letters(Identity identity) {
        Seen seen = letters.seenBy(identity);
        List<Map<String, Object>> shown =
                seen.letters().stream().map(ConsoleHandler::letter).toList();
        return Map.of("letters", shown, "others", seen.others(), "most", RecentLetters.MOST);
    }

    private static Map<String, Object> letter(Letter letter) {
        return Map.of(
                "at", letter.at().toString(),
                "feed", letter.feed(),
                "record", letter.source(),
                "reason", letter.reason(),
                "bytes", letter.bytes());
    }

    private Map<String, Object> streams(Identity identity) {
        List<OpenStream> seen = events.connected().all().stream()
                .filter(stream -> stream.organisation().equals(identity.organisation()))
                .sorted(Comparator.comparing(OpenStream::since).reversed())
                .toList();
        List<Map<String, Object>> shown = seen.stream()
                .limit(MOST_STREAMS)
                .map(stream -> stream(stream, identity))
                .toList();
        return Map.of("streams", shown, "more", seen.size() - shown.size());
    }

    private Map<String, Object> stream(OpenStream stream, Identity identity) {
        return Map.of(
                "subject", stream.subject(),
                "since", stream.since().toString(),
                "destinations",
                        stream.destinations().stream()
                                .filter(each -> sees(identity, each))
                                .map(Destination::path)
                                .distinct()
                                .sorted()
                                .toList());
    }

    private boolean sees(Identity identity, Destination destination) {
        String whose = destination.organisation();
        return whose.equals(identity.organisation()) || whose.equals(shared);
    }
}
