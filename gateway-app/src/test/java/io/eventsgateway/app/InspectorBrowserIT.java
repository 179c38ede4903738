package io.eventsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.eventsgateway.topic.Feed;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** What a user does in the inspector of the embedded profile, in a real browser; each test has destinations of its own. */
@Tag("browser")
class InspectorBrowserIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TASKS = Stack.topic(Feed.TASK_MESSAGE);

    /** Bounds what waits in the client at once. */
    private static final int AT_ONCE = 64;

    private static GatewayProcess gateway;
    private static InspectorPage page;
    private static HttpClient http;

    @BeforeAll
    static void start() {
        gateway = new GatewayProcess(Map.of("EVENTS_SSE_DRAINSECS", "0"), "run", "--embedded");
        http = HttpClient.newHttpClient();
        page = new InspectorPage();
    }

    @AfterAll
    static void stop() {
        page.close();
        gateway.close();
    }

    @BeforeEach
    void open() {
        page.look("light", 1440, 900);
        page.open(gateway.uri("/"));
    }

    @Test
    void showsEventsOfNamesThatNobodyKnewWithTheirFrames() {
        page.connect("earliest", "", "view/names");
        page.awaitState("open");
        send("names", "myOwnName", "{\"large\":12345678901234567890,\"text\":\"ä\"}");
        send("names", "other", "1");
        page.awaitRows("myOwnName", "other");

        page.choose("myOwnName");
        assertThat(page.text("details-text"))
                .contains("\"large\": 12345678901234567890")
                .contains("ä");
        page.click("#as-frame");
        assertThat(page.text("details-text"))
                .contains("event: myOwnName\ndata: {\"large\":12345678901234567890,\"text\":\"ä\"}\n")
                .endsWith("\nid: " + page.fact("Position"));
        page.choose("other");
        assertThat(page.text("details-text"))
                .contains("event: other", "data: 1")
                .doesNotContain("myOwnName");
    }

    @Test
    void filtersByTextAndByName() {
        send("filter", "data", "{\"city\":\"Cluj\"}");
        send("filter", "data", "{\"city\":\"Iași\"}");
        send("filter", "processState", "{\"city\":\"Cluj\"}");
        page.connect("earliest", "", "view/filter");
        page.awaitRows("data", "data", "processState");

        page.type("filter", "cluj");
        page.awaitRows("data", "processState");
        assertThat(page.script("""
                        const ids = [...document.querySelectorAll('[id]')].map(each => each.id);
                        return ids.filter((each, at) => ids.indexOf(each) !== at).join()""")).as("ids that are there twice").isEqualTo("");
        page.click("#names option[value=data]");
        page.awaitRows("data");
        assertThat(page.number("listed")).isEqualTo(1);
        assertThat(page.number("count")).isEqualTo(3);
        send("filter", "data", "{\"city\":\"Cluj again\"}");
        page.awaitRows("data", "data");

        page.type("filter", "nowhere");
        page.await("nothing", () -> page.text("empty").equals("Nothing passes the filter."));
    }

    @Test
    void pausesAndClearsWithoutMissingAnything() {
        send("pause", "one", "1");
        page.connect("earliest", "", "view/pause");
        page.awaitRows("one");

        page.click("#pause");
        send("pause", "two", "2");
        send("pause", "three", "3");
        page.await("two are held", () -> page.text("pause").equals("Resume (2 new)"));
        assertThat(page.names()).containsExactly("one");
        page.click("#pause");
        page.awaitRows("one", "two", "three");

        page.click("#clear");
        page.awaitRows();
        send("pause", "four", "4");
        page.awaitRows("four");
    }

    @Test
    void exportsWhatIsListedAsLinesOfJson(@TempDir Path folder) throws IOException {
        page.downloadTo(folder);
        send("export", "data", "{\"n\": 12345678901234567890}");
        send("export", "text", "\"a\\nb\"");
        send("export", "other", "{}");
        page.connect("earliest", "", "view/export");
        page.awaitRows("data", "text", "other");
        page.type("filter", "t");
        page.awaitRows("data", "text", "other");
        page.type("filter", "\"");
        page.awaitRows("data", "text");

        page.click("#export");
        page.await("a file", () -> !files(folder, ".jsonl").isEmpty());

        List<String> lines = Files.readAllLines(files(folder, ".jsonl").get(0));
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).contains("\"data\":{\"n\": 12345678901234567890}");
        JsonNode second = JSON.readTree(lines.get(1));
        assertThat(second.get("event").asText()).isEqualTo("text");
        assertThat(second.get("data").asText()).isEqualTo("a\nb");
        assertThat(second.get("id").asText()).isNotEmpty();
        assertThat(second.get("received").asText()).endsWith("Z");
        assertThat(page.text("said")).isEqualTo("2 events exported.");
    }

    @Test
    void beginsWhereTheUserSays() {
        send("from", "one", "1");
        send("from", "two", "2");
        send("from", "three", "3");
        page.connect("earliest", "", "view/from");
        page.awaitRows("one", "two", "three");
        page.choose("two");
        String position = page.fact("Position");

        page.click("#resume-after");
        page.awaitRows("three");
        assertThat(page.script("return document.getElementById('after').value")).isEqualTo(position);

        page.connect("latest", "", "view/from");
        page.awaitState("open");
        send("from", "four", "4");
        page.awaitRows("four");
    }

    @Test
    void readsSeveralDestinationsAndSaysWhoseAnEventIs() {
        send("several-a", "one", "1");
        send("several-b", "two", "2");
        page.connect("earliest", "", "view/several-a", "view/several-b", "");
        page.await("both", () -> page.names().containsAll(List.of("one", "two")));

        assertThat(page.rows()).containsExactlyInAnyOrder("view/several-a 1", "view/several-b 2");
        page.choose("two");
        assertThat(page.fact("Destination")).isEqualTo("view/several-b");
    }

    @Test
    void saysWhyItIsRefused() {
        page.connect("earliest", "", "user/somebody-else");
        page.awaitState("ended");
        assertThat(page.text("reason"))
                .isEqualTo(
                        "403 · Not allowed: who this is may not see that. A user's events are for that user only; ask for user "
                                + "without an id.");

        page.connect("earliest", "", "No Type/1");
        page.awaitState("ended");
        assertThat(page.text("reason"))
                .startsWith("400 · The gateway does not understand the request. Bad destination: ");

        page.connect("earliest", "", "");
        assertThat(page.text("reason")).isEqualTo("Name a destination: type/id, or user.");
    }

    @Test
    void takesATokenForTheStreamAndForgetsItWithThePage() {
        send("user", "ann", "greeting", "1", Stack.topic(Feed.USER_MESSAGE));
        page.type("token", "ann");
        page.connect("earliest", "", "user");
        page.awaitRows("greeting");
        page.click("#tab-streams");
        page.await("the own stream", () -> page.texts("#panel-streams tbody").contains("annuser/*"));

        page.open(gateway.uri("/"));
        assertThat(page.script("return document.getElementById('token').value")).isEqualTo("");
        assertThat(page.script("return localStorage.length + sessionStorage.length"))
                .isEqualTo(0L);
    }

    @Test
    void sendsRecordsAndShowsWhyOneIsADeadLetter() {
        page.connect("earliest", "", "view/sent");
        page.awaitState("open");
        assertThat(page.script("return document.getElementById('key').value")).isEqualTo("sent");
        page.type("event", "greeting");
        page.click("#send .primary");
        page.awaitRows("greeting");
        assertThat(page.text("answer")).isEqualTo("Taken by feed task-message.");

        page.type("value", "{");
        page.click("#send .primary");
        page.await("a dead letter", () -> page.text("answer").startsWith("Went to the dead letters: not JSON"));
        page.click("#tab-letters");
        page.await("the letter is listed", () -> page.texts("#panel-letters td.reason-text")
                .contains("not JSON: ends too early"));
    }

    @Test
    void showsWhoIsConnectedAndEndsADestination() {
        page.connect("earliest", "", "view/ended");
        page.awaitState("open");
        page.click("#tab-streams");
        page.await("the own stream", () -> page.texts("#panel-streams tbody").contains("anonymousview/ended"));

        page.click("#panel-streams button[aria-label^='End view/ended']");
        page.awaitState("ended");

        assertThat(page.text("reason")).startsWith("204 · The destination was ended");
        page.click("#tab-events");
        page.awaitRows("disconnect");
    }

    @Test
    void neverTakesTextOfEventsForHtml() {
        String markup = "<img src=x onerror=window.stolen=1><script>window.stolen=1</script>";
        page.connect("earliest", "", "view/html");
        page.awaitState("open");
        send("html", markup, "{\"html\":\"" + markup + "\"}");
        page.choose(markup);
        page.click("#as-frame");

        assertThat(page.text("details-text")).contains(markup);
        assertThat(page.script("return document.querySelectorAll('img, body script').length"))
                .isEqualTo(0L);
        assertThat(page.script("return window.stolen ?? null")).isNull();
    }

    @Test
    void staysBoundedAndSteadyWithTenThousandEvents() {
        page.connect("earliest", "", "view/many");
        page.awaitState("open");
        page.script("""
                window.frames_ = [];
                let last = performance.now();
                const frame = (now) => { window.frames_.push(now - last); last = now; requestAnimationFrame(frame); };
                requestAnimationFrame(frame);""");
        long began = System.nanoTime();
        sendMany("many", 11_000);
        page.await("all", () -> page.number("count") >= 11_000);
        long took = System.nanoTime() - began;

        assertThat(page.number("count")).isEqualTo(11_000);
        assertThat(page.number("listed")).isBetween(9_500, 10_000);
        assertThat((Long) page.script("return document.querySelectorAll('*').length"))
                .isLessThan(600);
        double[] frames = sorted(page.script("return window.frames_"));
        // about 16 ms alone; what the bound tells apart is a list that grows, which takes seconds for a frame
        assertThat(frames[frames.length / 2]).isLessThan(200);
        System.out.printf(
                "inspector: events=11000 seconds=%.1f listed=%d elements=%s frames=%d frame-median-ms=%.0f frame-p99-ms=%.0f heap-mb=%s%n",
                took / 1e9,
                page.number("listed"),
                page.script("return document.querySelectorAll('*').length"),
                frames.length,
                frames[frames.length / 2],
                frames[frames.length * 99 / 100],
                page.script("return Math.round(performance.memory.usedJSHeapSize / 1e6)"));

        // the chosen one stays where it is while others come and the oldest go
        page.click("#events");
        page.await("one is active", () -> !"null".equals(active("aria-posinset")));
        int position = Integer.parseInt(active("aria-posinset"));
        String chosen = page.text("details-text");
        sendMany("many", 100);
        page.await("more", () -> page.number("count") == 11_100);
        page.await("the oldest are gone", () -> Integer.parseInt(active("aria-posinset")) < position);
        assertThat(page.text("details-text")).isEqualTo(chosen);
        page.press(Keys.HOME);
        page.await("the first is active", () -> "1".equals(active("aria-posinset")));
        page.type("filter", "\"n\":77}");
        page.await("one passes", () -> page.number("listed") == 1);

        // a pause keeps no more than a list does
        page.type("filter", "n");
        page.click("#pause");
        sendMany("many", 600);
        page.await("all that came", () -> page.number("count") == 11_700);
        assertThat(page.text("pause")).isEqualTo("Resume (600 new, 500 dropped)");
        page.click("#pause");
        page.await("no pause", () -> page.text("pause").equals("Pause"));
        assertThat(page.number("listed")).isBetween(9_500, 10_000);
    }

    @Test
    void showsAnswersThatTakeLongerThanItWaitsBetweenThem() {
        page.script("""
                const {fetch} = window;
                window.fetch = (url, init) => `${url}`.endsWith('/streams')
                    ? new Promise(resolve => setTimeout(() => resolve(fetch(url, init)), 6000)) : fetch(url, init);""");
        page.connect("earliest", "", "view/slow");
        page.awaitState("open");

        page.click("#tab-streams");

        page.await("the own stream", () -> page.texts("#panel-streams tbody").contains("anonymousview/slow"));
    }

    @Test
    void keepsTheBooksOfTheDemoBoundedWhateverNumbersCome() {
        assertThat(page.script("""
                        return import('/manage/console/demo.js').then(({Demo}) => {
                            const demo = new Demo();
                            demo.begin();
                            const missing = [1, 5, 3, 9e9, 4, 8e9].map(n => {
                                demo.take('data', JSON.stringify({n}));
                                return document.getElementById('missing').textContent;
                            });
                            return missing.join();
                        });""")).isEqualTo("0,3,2,8999999996,8999999995,8999999995");
    }

    @Test
    void cutsALargeEventInItsViewAlone() {
        page.connect("earliest", "", "view/large");
        page.awaitState("open");
        send("large", "large", "\"" + "x".repeat(2_000_000) + "\"");
        page.choose("large");

        assertThat(page.text("details-text")).hasSize(100_000);
        assertThat(page.text("details-cut")).isEqualTo("The first 100,000 characters. Copy takes all.");
        assertThat(page.fact("Length")).isEqualTo("2,000,002 characters");
    }

    @Test
    void isUsedByTheKeyboardAlone() {
        send("keys", "one", "1");
        send("keys", "two", "2");
        page.tabTo("destinations");
        page.press(Keys.chord(Keys.CONTROL, "a"), "view/keys");
        page.tabTo("after");
        page.press(Keys.ENTER);
        page.awaitRows("one", "two");

        page.tabTo("events");
        page.press(Keys.END);
        page.await("the last is active", () -> "2".equals(active("aria-posinset")));
        page.press(Keys.ARROW_UP);
        page.await("the first is active", () -> "1".equals(active("aria-posinset")));
        assertThat(active("aria-selected")).isEqualTo("true");
        assertThat(active("aria-setsize")).isEqualTo("2");
        page.press(Keys.ENTER);
        assertThat(page.focused()).isEqualTo("details-text");
        assertThat(page.text("details-text")).isEqualTo("1");
        page.press(Keys.ESCAPE);
        assertThat(page.focused()).isEqualTo("events");
        assertThat(page.script("return document.getElementById('details').hidden"))
                .isEqualTo(true);

        page.script("document.getElementById('tab-events').focus()");
        page.press(Keys.ARROW_RIGHT);
        assertThat(page.focused()).isEqualTo("tab-letters");
        page.press(Keys.END);
        assertThat(page.focused()).isEqualTo("tab-streams");
        assertThat(page.script("return document.getElementById('panel-streams').hidden"))
                .isEqualTo(false);
    }

    @Test
    void isAccessibleAndFitsInLightAndDarkNarrowAndWide() throws IOException {
        assertThat(post("view", "letter", "broken", "{", TASKS).join().statusCode())
                .isEqualTo(422);
        page.await("twelve events", () -> page.number("count") >= 12);
        for (String scheme : List.of("light", "dark")) {
            for (int width : new int[] {1440, 360}) {
                String look = scheme + "-" + width;
                page.look(scheme, width, 900);
                page.click("#tab-events");
                page.click("#events");
                page.await("details", () -> !page.text("details-text").isEmpty());
                page.script("scrollTo(0, 0)");
                check(look + "-events");
                page.click("#tab-letters");
                page.await("a letter", () -> !page.texts("#panel-letters td").isEmpty());
                check(look + "-letters");
                page.click("#tab-streams");
                page.await("a stream", () -> !page.texts("#panel-streams td").isEmpty());
                check(look + "-streams");
            }
        }
        page.look("light", 1440, 900);
        page.connect("earliest", "", "user/somebody-else");
        page.awaitState("ended");
        check("light-1440-refused");
    }

    private static void check(String look) throws IOException {
        page.shoot(look);
        assertThat(page.script("return document.documentElement.scrollWidth - document.documentElement.clientWidth"))
                .as("what is wider than the window in " + look)
                .isEqualTo(0L);
        assertThat(page.axe()).as(look).isEmpty();
    }

    /** An attribute of the row that the list says is the active one. */
    private static String active(String attribute) {
        return String.valueOf(page.script("""
                const id = document.getElementById('events').getAttribute('aria-activedescendant');
                return id && document.getElementById(id)?.getAttribute(arguments[0])""", attribute));
    }

    private static double[] sorted(Object numbers) {
        return ((List<?>) numbers)
                .stream()
                        .mapToDouble(each -> ((Number) each).doubleValue())
                        .sorted()
                        .toArray();
    }

    private static List<Path> files(Path folder, String end) {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(each -> each.toString().endsWith(end)).toList();
        } catch (IOException gone) {
            throw new IllegalStateException(gone);
        }
    }

    private static void send(String id, String event, String data) {
        send("view", id, event, data, TASKS);
    }

    private static void send(String type, String id, String event, String data, String topic) {
        assertThat(post(type, id, event, data, topic).join().statusCode()).isEqualTo(202);
    }

    private static void sendMany(String id, int count) {
        Semaphore room = new Semaphore(AT_ONCE);
        List<CompletableFuture<?>> sent = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            room.acquireUninterruptibly();
            sent.add(post("view", id, "data", "{\"n\":" + i + "}", TASKS)
                    .whenComplete((answer, failure) -> room.release()));
        }
        CompletableFuture.allOf(sent.toArray(CompletableFuture<?>[]::new)).join();
    }

    private static CompletableFuture<HttpResponse<Void>> post(
            String type, String id, String event, String data, String topic) {
        String envelope =
                "{\"destination\":\"" + type + "/" + id + "\",\"event\":\"" + event + "\",\"data\":" + data + "}";
        HttpRequest request = HttpRequest.newBuilder(gateway.uri("/dev/records/" + topic))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(envelope))
                .build();
        return http.sendAsync(request, BodyHandlers.discarding());
    }
}
