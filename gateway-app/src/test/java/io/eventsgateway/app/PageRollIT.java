package io.eventsgateway.app;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.TestKeys;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;

/**
 * Two replicas behind nginx are exchanged one after the other, while the tabs of a real Chromium show what comes. Prints what their user saw
 * of it as a table.
 */
@Tag("proxy")
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PageRollIT {

    private static final int TABS = 7;
    private static final List<String> IDS = List.of("page-1", "page-2", "page-3");
    private static final Duration BETWEEN_RECORDS = Duration.ofMillis(50);

    private static final String PAGE = """
            <!doctype html><meta charset="utf-8"><title>connecting</title><p></p><ol></ol>
            <script type="module">
            const asked = new URLSearchParams(location.search);
            const url = asked.get('url');
            const { EventStream } = await import(url + '/client.js');
            const shown = [];
            const states = [];
            let resets = 0;
            let since;
            const leave = () => states.push([document.title, Date.now() - since]);
            const state = (name) => {
              if (since) leave();
              since = Date.now();
              document.title = name;
            };
            window.books = () => { leave(); return [shown, states, resets]; };
            window.shown = () => shown.length;
            new EventStream(url, {
              destinations: asked.getAll('destination'),
              from: 'earliest',
              share: asked.get('share'),
              onopen: () => state('open'),
              onretry: () => state('reconnecting'),
              onend: ({ status, detail }) => state(`ended: ${status} ${detail}`),
              onreset: () => resets++,
            }).addEventListener('message', ({ destination, data }) => {
              const { n, at } = JSON.parse(data);
              const row = document.createElement('li');
              row.textContent = `${destination} ${n}`;
              document.querySelector('ol').append(row);
              shown.push([destination, n, Date.now() - at]);
            });
            </script>""";

    private final List<String> handles = new ArrayList<>();
    private Stack stack;
    private NumberedRecords records;
    private PageServer pages;
    private ChromeDriver browser;

    @BeforeEach
    void start() {
        stack = new Stack();
        records = new NumberedRecords(stack);
        pages = new PageServer(PAGE);
        browser = Chromium.start();
    }

    @AfterEach
    void stop() {
        browser.quit();
        pages.close();
        records.close();
        stack.close();
    }

    @Test
    void showsAUserEverythingOnceWhileReplicasAreExchanged(@TempDir Path folder) {
        Map<String, String> environment = stack.environment();
        environment.put("EVENTS_SSE_OVERLOAD", "status");
        environment.put("EVENTS_SSE_DRAINSECS", "10");
        environment.put("APPLICATION_CORS_ALLOW_ORIGIN", pages.origin("localhost"));
        TestKeys keys = TestKeys.make(folder, "events");
        try (ProxiedReplicas replicas = new ProxiedReplicas(environment);
                ProxyProcess nginx =
                        new ProxyProcess(ProxySetup.NGINX.server(), ProxySetup.NGINX.file(), replicas, keys)) {
            open(nginx.uri(false), "&share=ann");
            open(nginx.uri(true), "");
            await("one stream for the tabs that share, and one of each other", () -> replicas.streams() == 1 + TABS);

            records.sendDuring(replicas::roll, BETWEEN_RECORDS, i -> IDS.get(i % IDS.size()));

            await("all events on all pages", () -> handles.stream().allMatch(each -> shown(each) >= sent()));
            List<PageBooks> books = handles.stream().map(this::books).toList();
            print(books);
            assertThat(sum(books, each -> each.lost(sentByDestination())))
                    .as("lost")
                    .isZero();
            assertThat(sum(books, PageBooks::twice)).as("twice").isZero();
            assertThat(sum(books, PageBooks::outOfOrder)).as("out of order").isZero();
            assertThat(sum(books, PageBooks::resets)).as("resets").isZero();
            assertThat(books.stream().flatMap(each -> each.states().stream()))
                    .extracting(PageBooks.State::name)
                    .containsOnly("open", "reconnecting");
            assertThat(reconnects(books.subList(0, TABS)))
                    .as("of those that share")
                    .isPositive();
            assertThat(books.subList(TABS, 2 * TABS).stream()
                            .map(each -> each.reconnecting().count()))
                    .as("of each other")
                    .doesNotContain(0L);
        }
    }

    /** Opens the tabs of a user, and waits until all are connected. */
    private void open(URI gateway, String share) {
        String destinations = IDS.stream()
                .map(each -> "&destination=process-instance/" + each)
                .collect(Collectors.joining());
        String url = URLEncoder.encode(gateway.resolve("/api/events").toString(), StandardCharsets.UTF_8);
        for (int i = 0; i < TABS; i++) {
            browser.switchTo().newWindow(WindowType.TAB);
            browser.get(pages.origin("localhost") + "/?url=" + url + destinations + share);
            await("an open stream", () -> "open".equals(browser.getTitle()));
            handles.add(browser.getWindowHandle());
        }
    }

    private long shown(String handle) {
        browser.switchTo().window(handle);
        return (Long) browser.executeScript("return shown()");
    }

    private PageBooks books(String handle) {
        browser.switchTo().window(handle);
        List<?> books = (List<?>) browser.executeScript("return books()");
        return new PageBooks(
                rows(books.get(0))
                        .map(row -> new PageBooks.Shown((String) row.get(0), (Long) row.get(1), (Long) row.get(2)))
                        .toList(),
                rows(books.get(1))
                        .map(row -> new PageBooks.State((String) row.get(0), (Long) row.get(1)))
                        .toList(),
                (Long) books.get(2));
    }

    private static Stream<List<?>> rows(Object all) {
        return ((List<?>) all).stream().map(row -> (List<?>) row);
    }

    private long sent() {
        return IDS.stream().mapToLong(records::sent).sum();
    }

    private Map<String, Long> sentByDestination() {
        return IDS.stream().collect(Collectors.toMap(each -> "process-instance/" + each, records::sent));
    }

    private void print(List<PageBooks> books) {
        System.out.println("""

                | seven tabs | events shown | lost | twice | out of order | resets | reconnects | longest reconnect, ms | events later than a second | longest pause, ms |
                |---|---|---|---|---|---|---|---|---|---|""");
        print("on one connection, HTTP/1.1", books.subList(0, TABS));
        print("with a stream each, HTTP/2", books.subList(TABS, 2 * TABS));
    }

    private void print(String name, List<PageBooks> books) {
        System.out.println(Stream.of(
                        sum(books, each -> each.shown().size()),
                        sum(books, each -> each.lost(sentByDestination())),
                        sum(books, PageBooks::twice),
                        sum(books, PageBooks::outOfOrder),
                        sum(books, PageBooks::resets),
                        reconnects(books),
                        books.stream()
                                .flatMapToLong(PageBooks::reconnecting)
                                .max()
                                .orElse(0),
                        delays(books)
                                .filter(each -> each > TimeUnit.SECONDS.toMillis(1))
                                .count(),
                        delays(books).max().orElse(0))
                .map(Object::toString)
                .collect(Collectors.joining(" | ", "| " + name + " | ", " |")));
    }

    private static long reconnects(List<PageBooks> books) {
        return sum(books, each -> each.reconnecting().count());
    }

    private static LongStream delays(List<PageBooks> books) {
        return books.stream().flatMap(each -> each.shown().stream()).mapToLong(PageBooks.Shown::millisSinceSent);
    }

    private static long sum(List<PageBooks> books, ToLongFunction<PageBooks> what) {
        return books.stream().mapToLong(what).sum();
    }
}
