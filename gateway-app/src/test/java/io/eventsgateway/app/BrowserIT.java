package io.eventsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.redis.TcpProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.support.ui.WebDriverWait;

/** The embedded profile's page in a real browser; needs an installed Chromium and its driver. */
@Tag("browser")
class BrowserIT {

    /** For a busy machine; what is waited for comes within a moment else. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private GatewayProcess gateway;
    private TcpProxy proxy;
    private ChromeDriver browser;

    @BeforeEach
    void open() {
        gateway = new GatewayProcess(Map.of("EVENTS_SSE_DRAINSECS", "0"), "run", "--embedded");
        proxy = new TcpProxy(gateway.uri("/").getPort());
        browser = Chromium.start();
        browser.manage().window().setSize(new Dimension(1280, 1000));
        browser.get("http://127.0.0.1:" + proxy.port() + "/");
    }

    @AfterEach
    void close() {
        browser.quit();
        proxy.close();
        gateway.close();
    }

    @Test
    void showsEventsAndResumesWithNothingMissingWhenItLosesTheServer() {
        await("open");
        awaitEvents(5);
        proxy.cut();
        await("reconnecting");
        int before = number("count");
        int atCut = lastNumber();
        awaitNextOfTheServer(atCut + 3);
        proxy.mend();
        await("open");
        awaitEvents(before + 5);

        assertThat(number("missing")).isZero();
        assertThat(number("twice")).isZero();
        assertThat(number("reconnects")).isEqualTo(1);
        assertThat(texts("#events li .name")).doesNotContain("reset");
        System.out.printf(
                "browser: events=%d missing=0 twice=0 reconnects=1 replayed-or-live-after-cut=%d%n",
                number("count"), number("count") - before);
    }

    @Test
    void saysWhenTheServerCameBackWithoutItsHistory() {
        await("open");
        awaitEvents(3);
        gateway.kill();
        await("reconnecting");
        gateway.start();
        await("open");
        new WebDriverWait(browser, PATIENCE)
                .until(page -> texts("#events li .name").contains("reset"));

        assertThat(number("missing")).isZero();
        assertThat(number("twice")).isZero();
    }

    @Test
    void sendsARecordAndShowsItAndWhyABadOneIsRejected() {
        await("open");
        browser.findElement(By.id("event")).sendKeys("greeting");
        browser.findElement(By.cssSelector("#send button")).click();
        new WebDriverWait(browser, PATIENCE)
                .until(page -> texts("#events li .name").contains("greeting"));
        assertThat(text("answer")).isEqualTo("Taken by feed engine-message.");

        browser.findElement(By.id("value")).sendKeys("}");
        browser.findElement(By.cssSelector("#send button")).click();
        new WebDriverWait(browser, PATIENCE)
                .until(page -> text("answer").startsWith("Went to the dead letters: not JSON"));
    }

    @Test
    void looksAsItShouldInLightAndDarkAndOnAPhone() throws IOException {
        await("open");
        awaitEvents(12);
        for (String scheme : List.of("light", "dark")) {
            browser.executeCdpCommand(
                    "Emulation.setEmulatedMedia",
                    Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
            browser.manage().window().setSize(new Dimension(1280, 1000));
            shoot(scheme);
            String ground = browser.findElement(By.tagName("body")).getCssValue("background-color");
            assertThat(ground).isEqualTo(scheme.equals("light") ? "rgba(246, 246, 243, 1)" : "rgba(19, 23, 22, 1)");
            browser.manage().window().setSize(new Dimension(500, 1000));
            shoot(scheme + "-narrow");
            Object overflow = browser.executeScript(
                    "return document.documentElement.scrollWidth - document.documentElement.clientWidth");
            assertThat(overflow).as("nothing is wider than the window").isEqualTo(0L);
        }
    }

    private void shoot(String name) throws IOException {
        Path shots = Files.createDirectories(Path.of("target", "screenshots"));
        Files.write(shots.resolve(name + ".png"), browser.getScreenshotAs(OutputType.BYTES));
    }

    private void await(String state) {
        new WebDriverWait(browser, PATIENCE)
                .withMessage(() -> state + " and not " + text("state-text") + "; the gateway's log:\n" + gateway.log())
                .until(page -> state.equals(browser.findElement(By.id("state")).getDomAttribute("data-state")));
    }

    private void awaitEvents(int count) {
        new WebDriverWait(browser, PATIENCE).until(page -> number("count") >= count);
    }

    /** Waits until the demo process has gone on while the browser was away. */
    private void awaitNextOfTheServer(int number) {
        try (Client beside = new Client(gateway.uri("/api/events/process-instance/demo?from=earliest"), "beside")) {
            new WebDriverWait(browser, PATIENCE)
                    .until(page -> beside.received().stream().anyMatch(event -> event.number() >= number));
        }
    }

    private int lastNumber() {
        return Integer.parseInt(String.valueOf(
                browser.executeScript("return JSON.parse(document.querySelector('#events li pre').textContent).n")));
    }

    private int number(String id) {
        return Integer.parseInt(text(id));
    }

    private String text(String id) {
        return browser.findElement(By.id(id)).getText();
    }

    @SuppressWarnings("unchecked")
    private List<String> texts(String selector) {
        return (List<String>) browser.executeScript(
                "return [...document.querySelectorAll(arguments[0])].map(each => each.textContent)", selector);
    }
}
