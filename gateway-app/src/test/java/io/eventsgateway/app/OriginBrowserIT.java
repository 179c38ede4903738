package io.eventsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.support.ui.WebDriverWait;

/** Pages of another origin in a real browser: one that is listed, and one that is not. */
@Tag("browser")
class OriginBrowserIT {

    /** For a busy machine; what is waited for comes within a moment else. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final String PAGE = """
            <!doctype html><meta charset="utf-8"><script>
            document.cookie = 'token=ann';
            window.seen = '';
            const told = (source) => {
              source.addEventListener('greeting', (event) => { window.seen = event.data; source.close(); });
              source.onerror = () => { window.seen ||= 'refused'; source.close(); };
            };
            const clients = {
              native: (url) => told(new EventSource(url, {withCredentials: true})),
              // as event-source-polyfill does: XMLHttpRequest with headers, and the position in the query
              xhr: (url) => {
                const request = new XMLHttpRequest();
                request.open('GET', url + '&lastEventId=');
                Object.entries({Authorization: 'Bearer ann', Accept: 'text/event-stream', 'Cache-Control': 'no-cache',
                    'X-Requested-With': 'XMLHttpRequest', 'flowx-platform': 'web', platform: 'web', 'Fx-Workspace-Id': '1',
                    'Fx-Organization-Id': '1'}).forEach(([name, value]) => request.setRequestHeader(name, value));
                request.onprogress = () => {
                  if (request.responseText.includes('greeting')) {
                    window.seen = /data: (.*)/.exec(request.responseText)[1];
                    request.abort();
                  }
                };
                request.onerror = () => { window.seen = 'refused'; };
                request.send();
              },
              fetch: async (url) => {
                try {
                  const answer = await fetch(url, {headers: {Authorization: 'Bearer ann', 'Last-Event-ID': ''}});
                  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
                  let text = '';
                  while (!text.includes('greeting')) { text += (await reader.read()).value; }
                  window.seen = /data: (.*)/.exec(text)[1];
                } catch (refused) { window.seen = 'refused'; }
              },
              problem: async (url) => {
                try {
                  const answer = await fetch(url);
                  window.seen = answer.status + ' ' + (await answer.json()).detail;
                } catch (refused) { window.seen = 'refused'; }
              },
            };
            </script>""";

    private PageServer pages;
    private GatewayProcess gateway;
    private ChromeDriver browser;

    @BeforeEach
    void open() {
        pages = new PageServer(PAGE);
        browser = Chromium.start();
    }

    @AfterEach
    void close() {
        browser.quit();
        if (gateway != null) {
            gateway.close();
        }
        pages.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"native", "xhr", "fetch"})
    void readsEventsFromAListedOriginOnly(String client) throws Exception {
        gateway = new GatewayProcess(
                Map.of(
                        "EVENTS_SSE_DRAINSECS", "0",
                        "EVENTS_SSE_AUTHCOOKIE", "token",
                        "APPLICATION_CORS_ALLOW_ORIGIN", pages.origin("localhost")),
                "run",
                "--embedded");
        HttpRequest record = HttpRequest.newBuilder(
                        gateway.uri("/dev/records/ai.flowx.core.designer.notification.user.v1?key=ann"))
                .header("Content-Type", "application/json")
                .header("Fx-Event", "greeting")
                .POST(BodyPublishers.ofString("\"hello\""))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(record, BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(202);

        assertThat(seen("localhost", client, "/api/events/user?from=earliest")).isEqualTo("\"hello\"");
        assertThat(seen("127.0.0.1", client, "/api/events/user?from=earliest")).isEqualTo("refused");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/events/view/1", "/api/events/view"})
    void readsErrorsToo(String path) {
        gateway = new GatewayProcess(Map.of(
                "KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1",
                "SPRING_DATA_REDIS_PORT", "1",
                "SECURITY_OAUTH2_BASESERVERURL", "http://127.0.0.1:1",
                "EVENTS_SSE_DRAINSECS", "0",
                "APPLICATION_CORS_ALLOW_ORIGIN", pages.origin("localhost")));

        assertThat(seen("localhost", "problem", path)).startsWith("401 Bring an access token");
        assertThat(seen("127.0.0.1", "problem", path)).isEqualTo("refused");
    }

    /** What a client of a page at a host comes to see. */
    private String seen(String host, String client, String path) {
        URI uri = gateway.uri(path);
        browser.get(pages.origin(host) + "/");
        browser.executeScript("clients." + client + "('http://localhost:" + uri.getPort() + path + "')");
        return new WebDriverWait(browser, PATIENCE).until(page -> {
            String seen = String.valueOf(browser.executeScript("return window.seen"));
            return seen.isEmpty() ? null : seen;
        });
    }
}
