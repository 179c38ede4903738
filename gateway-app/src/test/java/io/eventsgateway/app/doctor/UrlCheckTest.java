package io.eventsgateway.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.app.doctor.StreamWatch.Seen;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is said of streams that take too long to make. */
class UrlCheckTest {

    private static final String ORIGIN = "https://app.example.com";
    private static final Duration MINUTE = Duration.ofSeconds(60);

    private final UrlCheck check = new UrlCheck(
            PublicUrl.of(URI.create("https://host.example.com"), "t", ORIGIN),
            "view/x",
            Duration.ofSeconds(70),
            Duration.ofSeconds(15));

    private final Map<String, List<String>> headers = new HashMap<>(Map.of(
            "Content-Type",
            List.of("text/event-stream;charset=utf-8"),
            "Access-Control-Allow-Origin",
            List.of(ORIGIN)));
    private int status = 200;
    private Duration firstByte = Duration.ofMillis(20);
    private Duration longestGap = Duration.ofSeconds(15);
    private int heartbeats = 4;
    private int retries = 1;
    private String comment = "";
    private List<String> events = List.of("reset");
    private String text = "";
    private Duration ended;
    private Duration lastByte = Duration.ofSeconds(60);

    private List<Finding> judged() {
        return check.judge(new Seen(
                status,
                HttpHeaders.of(headers, (name, value) -> true),
                "HTTP/2",
                firstByte,
                longestGap,
                heartbeats,
                retries,
                comment,
                events,
                text,
                ended,
                lastByte,
                ""));
    }

    private void says(Verdict verdict, String name, String... texts) {
        assertThat(judged())
                .filteredOn(each -> each.check().equals(name))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.verdict()).isEqualTo(verdict);
                    for (String each : texts) {
                        assertThat(finding.seen() + " → " + finding.advice()).contains(each);
                    }
                });
    }

    @Test
    void findsNothingWrongWithAStreamThatStaysOpen() {
        assertThat(judged()).allMatch(each -> each.verdict() == Verdict.OK);
    }

    @Test
    void saysThatAProxyBuffersWhereTheFirstByteIsLate() {
        firstByte = Duration.ofSeconds(12);

        says(Verdict.FAIL, "url first byte", "after 12.0 s", "something on the way buffers");
    }

    @Test
    void saysThatHeartbeatsAreHeldBack() {
        longestGap = Duration.ofSeconds(58);

        says(Verdict.FAIL, "url heartbeats", "nothing for 58.0 s", "every 15 s");
    }

    @Test
    void saysThatAnIdleTimeOutCutTheStream() {
        ended = MINUTE;
        lastByte = Duration.ofMillis(20);
        heartbeats = 0;

        says(Verdict.FAIL, "url end", "cut after 60.0 s", "60.0 s after the last byte", "proxy_read_timeout");
    }

    @Test
    void saysThatALimitOfTheWholeRequestCutTheStream() {
        ended = MINUTE;

        says(Verdict.FAIL, "url end", "0.0 s after the last byte", "raise that limit to 3600 s");
    }

    @Test
    void saysThatTheGatewayOrTheTokenEndedTheStream() {
        ended = MINUTE;
        retries = 2;
        says(Verdict.WARN, "url end", "the gateway ended the stream");

        events = List.of("reset", "token-expired");
        says(Verdict.WARN, "url end", "the token expired");
    }

    @Test
    void saysWhyTheGatewayTurnsTheClientAway() {
        ended = Duration.ofMillis(30);
        events = List.of();
        comment = "The gateway has as many streams as it takes; come back later.";

        says(Verdict.FAIL, "url answer", "turns the client away: The gateway has as many streams as it takes");
    }

    @Test
    void saysThatTheStreamIsCompressed() {
        headers.put("Content-Encoding", List.of("gzip"));

        says(Verdict.WARN, "url answer", "compressed (gzip)");
    }

    @Test
    void saysThatAnotherApplicationAnswers() {
        headers.put("Content-Type", List.of("text/html"));
        says(Verdict.FAIL, "url answer", "another application's page");

        status = 302;
        headers.put("Location", List.of("https://login.example.com"));
        says(Verdict.FAIL, "url answer", "to https://login.example.com");

        status = 404;
        says(Verdict.FAIL, "url answer", "give it a route for /api/events");

        status = 503;
        headers.put("Server", List.of("nginx"));
        says(Verdict.FAIL, "url answer", "does not reach the gateway", "max_fails=0");
    }

    @Test
    void saysWhatTheGatewayRefuses() {
        headers.put("Content-Type", List.of("application/problem+json"));
        status = 404;
        text = "{\"status\":404,\"detail\":\"Event streams are at /api/events.\"}";

        says(Verdict.FAIL, "url answer", "Event streams are at /api/events.", "rewrites");
    }

    @Test
    void saysThatTwoAddCorsHeadersAndThatNoneIsThere() {
        headers.put("Access-Control-Allow-Origin", List.of(ORIGIN, ORIGIN));
        says(Verdict.FAIL, "url CORS", "comes twice");

        headers.remove("Access-Control-Allow-Origin");
        says(Verdict.FAIL, "url CORS", "APPLICATION_CORS_ALLOW_ORIGIN");

        headers.put("Access-Control-Allow-Origin", List.of("https://other.example.com"));
        says(Verdict.FAIL, "url CORS", "Vary: Origin");
    }

    @Test
    void tellsWhoAnsweredAPreflight() {
        Map<String, List<String>> answer = new HashMap<>(Map.of(
                "Access-Control-Allow-Origin", List.of(ORIGIN),
                "Access-Control-Allow-Methods", List.of("GET, OPTIONS"),
                "Access-Control-Allow-Headers", List.of("Authorization, Last-Event-ID")));
        assertThat(preflight(204, answer).verdict()).isEqualTo(Verdict.OK);

        answer.put("Access-Control-Allow-Methods", List.of("GET, POST"));
        assertThat(preflight(200, answer).verdict()).isEqualTo(Verdict.WARN);

        answer.put("Access-Control-Allow-Headers", List.of("Authorization"));
        assertThat(preflight(200, answer).seen()).contains("browsers send no Last-Event-ID");
    }

    private Finding preflight(int answered, Map<String, List<String>> answer) {
        return check.preflight(answered, HttpHeaders.of(answer, (name, value) -> true));
    }
}
