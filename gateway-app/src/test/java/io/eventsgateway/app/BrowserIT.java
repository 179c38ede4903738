package io.eventsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.redis.TcpProxy;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The embedded profile's page when it loses its server, in a real browser; needs an installed Chromium and its driver. */
@Tag("browser")
class BrowserIT {

    private GatewayProcess gateway;
    private TcpProxy proxy;
    private InspectorPage page;

    @BeforeEach
    void open() {
        gateway = new GatewayProcess(Map.of("EVENTS_SSE_DRAINSECS", "0"), "run", "--embedded");
        proxy = new TcpProxy(gateway.uri("/").getPort());
        page = new InspectorPage();
        page.open(URI.create("http://127.0.0.1:" + proxy.port() + "/"));
        page.awaitState("open");
    }

    @AfterEach
    void close() {
        page.close();
        proxy.close();
        gateway.close();
    }

    @Test
    void showsEventsAndResumesWithNothingMissingWhenItLosesTheServer() {
        page.await("five events", () -> page.number("count") >= 5);
        proxy.cut();
        page.awaitState("reconnecting");
        assertThat(page.text("reason")).startsWith("The gateway can’t be reached, or was lost. Next try in ");
        int before = page.number("count");
        int atCut = lastNumber();
        awaitNextOfTheServer(atCut + 3);
        proxy.mend();
        page.awaitState("open");
        page.await("five more", () -> page.number("count") >= before + 5);

        assertThat(page.number("missing")).isZero();
        assertThat(page.number("twice")).isZero();
        assertThat(page.number("reconnects")).isEqualTo(1);
        assertThat(page.texts("#names option")).doesNotContain("reset");
        assertThat(page.text("reason")).isEmpty();
        System.out.printf(
                "browser: events=%d missing=0 twice=0 reconnects=1 replayed-or-live-after-cut=%d%n",
                page.number("count"), page.number("count") - before);
    }

    @Test
    void saysWhenTheServerCameBackWithoutItsHistory() {
        page.await("three events", () -> page.number("count") >= 3);
        gateway.kill();
        page.awaitState("reconnecting");
        gateway.start();
        page.awaitState("open");
        page.await(
                "reset", () -> List.of(page.texts("#names option").split("\n")).contains("reset"));

        assertThat(page.number("missing")).isZero();
        assertThat(page.number("twice")).isZero();
    }

    /** Waits until the demo process has gone on while the browser was away. */
    private void awaitNextOfTheServer(int number) {
        try (Client beside = new Client(gateway.uri("/api/events/process-instance/demo?from=earliest"), "beside")) {
            page.await(
                    "the server goes on", () -> beside.received().stream().anyMatch(event -> event.number() >= number));
        }
    }

    private int lastNumber() {
        List<String> rows = page.rows();
        Matcher number = Pattern.compile("\"n\":(\\d+)").matcher(rows.get(rows.size() - 1));
        assertThat(number.find()).as("the last row has a number").isTrue();
        return Integer.parseInt(number.group(1));
    }
}
