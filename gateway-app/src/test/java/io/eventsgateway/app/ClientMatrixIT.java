package io.eventsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.app.ClientRow.Host;
import io.eventsgateway.app.ClientRow.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * Clients that others have written, all against one gateway in one story ({@link ClientStory}): {@code .ci/matrix}, which installs them
 * first. With {@code -Dclients=node/fetch,firefox} only rows whose ids begin so.
 */
@Tag("clients")
@TestInstance(Lifecycle.PER_CLASS)
class ClientMatrixIT {

    private static final String ORGANISATION = "5f24c66f-04a7-433a-b64a-a765d3b8121a";

    /** The sources, and where their libraries were installed. */
    private static final Path SOURCES = Path.of("../gateway-sse-undertow/src/test/clients");

    private static final Path INSTALLED = Path.of("target/clients");

    private final List<ClientRow> rows = chosen();
    private final Map<String, ClientRow> byId =
            rows.stream().collect(Collectors.toMap(ClientRow::id, row -> row, (one, other) -> one, LinkedHashMap::new));
    private final List<AutoCloseable> open = new ArrayList<>();
    private ClientDesk desk;
    private ClientStory story;

    private static List<ClientRow> chosen() {
        List<String> beginnings = List.of(System.getProperty("clients", "").split(",", -1));
        return ClientRow.all().stream()
                .filter(row -> beginnings.stream().anyMatch(row.id()::startsWith))
                .toList();
    }

    @BeforeAll
    void start() throws Exception {
        Issuer issuer = opened(new Issuer(ORGANISATION));
        desk = opened(new ClientDesk(issuer, INSTALLED, this::enter, this::hasHeardOfExpiry));
        Stack stack = opened(new Stack());
        Map<String, String> environment = new LinkedHashMap<>(stack.environment());
        environment.keySet().removeAll(List.of("SECURITY_TYPE", "EVENTS_SECURITY_ALLOWINSECURE"));
        environment.put("SECURITY_OAUTH2_BASESERVERURL", issuer.baseUrl());
        environment.put("EVENTS_SSE_AUTHCOOKIE", "token");
        GatewayProcess gateway = opened(new GatewayProcess(environment));
        story = opened(new ClientStory(stack, gateway, desk.port(), rows));
    }

    private <T extends AutoCloseable> T opened(T part) {
        open.add(0, part);
        return part;
    }

    @AfterAll
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    @Test
    void everyClientDoesWhatIsKnownOfIt() {
        Map<ClientRow, Verdict> verdicts = story.play(this::connect);

        System.out.println("\n" + Verdict.HEAD);
        verdicts.forEach((row, verdict) -> System.out.println(verdict.line(row.id())));
        rows.forEach(row -> System.out.println("matrix: " + row.id() + ": " + story.books(row)));
        assertThat(named(verdicts))
                .isEqualTo(named(rows.stream()
                        .collect(Collectors.toMap(
                                row -> row, ClientRow::expected, (one, other) -> one, LinkedHashMap::new))));
        assertThat(story.unheard()).isEmpty();
    }

    private static Map<String, Verdict> named(Map<ClientRow, Verdict> verdicts) {
        Map<String, Verdict> named = new LinkedHashMap<>();
        verdicts.forEach((row, verdict) -> named.put(row.id(), verdict));
        return named;
    }

    private void connect() {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        for (Host host : Host.values()) {
            List<ClientRow> clients =
                    rows.stream().filter(row -> row.host() == host).toList();
            if (clients.isEmpty()) {
                continue;
            }
            switch (host) {
                case NODE ->
                    run(host, clients, "node", INSTALLED.resolve("npm/host.js").toString());
                case JVM ->
                    run(
                            host,
                            clients,
                            java,
                            "-Xmx512m",
                            "-cp",
                            INSTALLED + "/jvm/classes:" + INSTALLED + "/jvm/lib/*",
                            "clients.Host");
                case CURL ->
                    run(host, clients, "bash", SOURCES.resolve("curl/host.sh").toString());
                case CHROMIUM ->
                    run(
                            host,
                            List.of(),
                            "chromium",
                            "--headless",
                            "--no-sandbox",
                            "--disable-gpu",
                            "--disable-quic",
                            "--no-first-run",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--disable-sync",
                            "--remote-debugging-port=0",
                            "--user-data-dir=" + profile(host),
                            page(clients));
                case FIREFOX ->
                    run(
                            host,
                            List.of(),
                            "firefox-esr",
                            "--headless",
                            "--no-remote",
                            "--profile",
                            profile(host),
                            page(clients));
            }
        }
    }

    private void run(Host host, List<ClientRow> clients, String... command) {
        List<String> all = new ArrayList<>(List.of(command));
        if (!clients.isEmpty()) {
            all.add("http://127.0.0.1:" + desk.port() + "/token/");
            all.add(String.join(",", ClientStory.names()));
            clients.forEach(row -> all.add(row.id() + "=" + story.url(row)));
        }
        opened(new ClientHost(host.name().toLowerCase(Locale.ROOT), INSTALLED, all, this::enter));
    }

    private static String profile(Host host) {
        try {
            Path profile = Files.createTempDirectory(INSTALLED.toAbsolutePath(), host.name());
            // Firefox: no page of its own on the first start
            Files.writeString(profile.resolve("user.js"), """
                    user_pref("browser.aboutwelcome.enabled", false);
                    user_pref("browser.shell.checkDefaultBrowser", false);
                    user_pref("datareporting.policy.dataSubmissionEnabled", false);
                    user_pref("toolkit.telemetry.reportingpolicy.firstRun", false);
                    user_pref("network.captive-portal-service.enabled", false);
                    user_pref("network.connectivity-service.enabled", false);
                    user_pref("app.update.enabled", false);
                    """);
            return profile.toString();
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        }
    }

    /** A page with a frame for each client, which has the origin of its stream. */
    private String page(List<ClientRow> clients) {
        return "http://127.0.0.1:" + desk.port() + "/page/browser/frames.html?"
                + clients.stream()
                        .map(row -> "frame=" + URLEncoder.encode(frame(row), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&"));
    }

    private String frame(ClientRow row) {
        String origin = story.url(row).replaceFirst("/api/.*", "");
        return origin + "/page/browser/client.html?"
                + Stream.of(
                                "id=" + row.id(),
                                "name=" + row.name(),
                                "desk=http://127.0.0.1:" + desk.port(),
                                "names=" + String.join(",", ClientStory.names()),
                                "url=" + URLEncoder.encode(story.url(row), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&"));
    }

    private boolean hasHeardOfExpiry(String client) {
        return story.books(byId.get(client)).notices("token-expiring") > 0;
    }

    /** Enters a line of books: a client, an event's name, and its data as Base64. */
    private void enter(String line) {
        String[] parts = line.split(" ", -1);
        ClientRow row = parts.length == 3 ? byId.get(parts[0]) : null;
        if (row != null) {
            story.books(row).hear(parts[1], new String(Base64.getDecoder().decode(parts[2]), StandardCharsets.UTF_8));
        }
    }
}
