package io.eventsgateway.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.support.ui.WebDriverWait;

/** The inspector in a real browser, as its user sees it. Used by one thread. */
final class InspectorPage implements AutoCloseable {

    /** For a busy machine; what is waited for comes within a moment else. */
    static final Duration PATIENCE = Duration.ofSeconds(90);

    private final ChromeDriver browser = Chromium.start();

    void open(URI uri) {
        browser.get(uri.toString());
        await("the page works", () -> !text("curl").isEmpty());
    }

    /** Fills in the form and connects. */
    void connect(String from, String after, String... destinations) {
        type("destinations", String.join("\n", destinations));
        browser.findElement(By.cssSelector("#from option[value=" + from + "]")).click();
        type("after", after);
        click("#connect .primary");
    }

    void awaitState(String state) {
        await(state, () -> state.equals(browser.findElement(By.id("state")).getDomAttribute("data-state")));
    }

    void await(String what, BooleanSupplier condition) {
        new WebDriverWait(browser, PATIENCE, Duration.ofMillis(50))
                .withMessage(() -> what + "; state is \"" + text("state-text") + "\", reason \"" + text("reason")
                        + "\", count " + text("count") + ", rows " + rows())
                .until(page -> condition.getAsBoolean());
    }

    void awaitRows(String... names) {
        await("rows " + List.of(names), () -> names().equals(List.of(names)));
    }

    /** The names in the rows that are in the document, from the oldest on. */
    List<String> names() {
        return cells("name");
    }

    /** What the rows say after the names. */
    List<String> rows() {
        return cells("data");
    }

    @SuppressWarnings("unchecked")
    private List<String> cells(String column) {
        return (List<String>) browser.executeScript("""
                return [...document.querySelectorAll('#events [role=option]:not([hidden])')]
                    .sort((a, b) => a.number - b.number).map(each => each.querySelector('.' + arguments[0]).textContent)""", column);
    }

    /** Chooses the row of an event with a name. */
    void choose(String name) {
        await(name + " is listed", () -> names().contains(name));
        browser.findElements(By.cssSelector("#events [role=option]")).stream()
                .filter(row -> name.equals(row.getDomAttribute("data-event")) && row.isDisplayed())
                .findFirst()
                .orElseThrow()
                .click();
        await(name + " is shown", () -> text("details-title").equals(name));
    }

    /** What the details say of the event under a heading. */
    String fact(String heading) {
        return String.valueOf(browser.executeScript("""
                return [...document.querySelectorAll('#details-facts dt')].find(each => each.textContent === arguments[0])
                    .nextElementSibling.textContent""", heading));
    }

    int number(String id) {
        return Integer.parseInt(text(id).replace(",", ""));
    }

    /** The text of an element, also where it is not in sight. */
    String text(String id) {
        return String.valueOf(browser.executeScript("return document.getElementById(arguments[0]).textContent", id));
    }

    String texts(String selector) {
        return String.valueOf(browser.executeScript(
                "return [...document.querySelectorAll(arguments[0])].map(each => each.textContent).join('\\n')",
                selector));
    }

    void click(String selector) {
        browser.findElement(By.cssSelector(selector)).click();
    }

    /** Types into a field in place of what is there. */
    void type(String id, String text) {
        WebElement field = browser.findElement(By.id(id));
        field.clear();
        field.sendKeys(text);
    }

    void press(CharSequence... keys) {
        browser.switchTo().activeElement().sendKeys(keys);
    }

    /** Presses a key until an element has the focus. */
    void tabTo(String id) {
        for (int i = 0; i < 100 && !id.equals(focused()); i++) {
            press(Keys.TAB);
        }
        if (!id.equals(focused())) {
            throw new AssertionError(id + " is not reached by the keyboard");
        }
    }

    /** The id of what has the focus. */
    String focused() {
        return String.valueOf(browser.switchTo().activeElement().getDomAttribute("id"));
    }

    Object script(String script, Object... arguments) {
        return browser.executeScript(script, arguments);
    }

    /** Has the page in a window of this size, in light or dark. */
    void look(String scheme, int width, int height) {
        browser.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
        browser.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
    }

    /** Has downloads kept in a folder. */
    void downloadTo(Path folder) {
        browser.executeCdpCommand(
                "Browser.setDownloadBehavior",
                Map.of(
                        "behavior",
                        "allow",
                        "downloadPath",
                        folder.toAbsolutePath().toString()));
    }

    /** Keeps a picture of the whole page. */
    void shoot(String name) throws IOException {
        Path shots = Files.createDirectories(Path.of("target", "screenshots"));
        Object data = browser.executeCdpCommand("Page.captureScreenshot", Map.of("captureBeyondViewport", true))
                .get("data");
        Files.write(shots.resolve(name + ".png"), Base64.getDecoder().decode(String.valueOf(data)));
    }

    /** What axe-core finds wrong, one line for each rule that is broken; empty for nothing. */
    String axe() {
        browser.executeScript(Axe.SCRIPT);
        return String.valueOf(browser.executeAsyncScript("""
                const done = arguments[0];
                axe.run().then(
                    found => done(found.violations.map(each => each.id + ': ' + each.help + '\\n  '
                        + each.nodes.map(node => node.html + ' ' + node.failureSummary).join('\\n  ')).join('\\n')),
                    failure => done('axe failed: ' + failure));"""));
    }

    @Override
    public void close() {
        browser.quit();
    }

    /** The rules for accessibility, read once. */
    private static final class Axe {
        static final String SCRIPT = read("/axe.min.js");

        private static String read(String resource) {
            try (InputStream file = InspectorPage.class.getResourceAsStream(resource)) {
                return new String(Objects.requireNonNull(file, resource).readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }
    }
}
