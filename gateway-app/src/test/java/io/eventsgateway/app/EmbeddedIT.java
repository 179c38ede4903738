package io.eventsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.eventsgateway.config.ConfigurationException;
import io.eventsgateway.config.Environment;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Who reaches a gateway that lets everybody in. */
class EmbeddedIT {

    /** Of the same machine, and not what a listener at 127.0.0.1 listens at. */
    private static final String OTHER_ADDRESS = "127.0.0.2";

    private static final String TOPIC = "ai.flowx.core.designer.notification.user.v1";

    @Test
    void listensOnTheLoopbackAddressOnly() throws Exception {
        try (Gateway gateway = start(Map.of())) {
            for (int port : new int[] {gateway.port(), gateway.managementPort()}) {
                new Socket("127.0.0.1", port).close();
                assertThatThrownBy(() -> new Socket(OTHER_ADDRESS, port)).isInstanceOf(ConnectException.class);
            }
        }
    }

    @Test
    void listensWhereItIsToldTo() throws Exception {
        try (Gateway gateway = start(Map.of("SERVER_ADDRESS", "0.0.0.0", "MANAGEMENT_SERVER_ADDRESS", "0.0.0.0"))) {
            new Socket(OTHER_ADDRESS, gateway.port()).close();
            new Socket(OTHER_ADDRESS, gateway.managementPort()).close();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST | /dev/records/T      | localhost     | X: y                            | application/json | 202",
                "POST | /dev/records/T      | localhost     | Sec-Fetch-Site: same-origin     | application/json | 202",
                "POST | /dev/records/T      | localhost     | X: y                            | text/plain       | 415",
                "POST | /dev/records/T      | localhost     | Origin: https://evil.example    | text/plain       | 403",
                "POST | /dev/records/T      | localhost     | Origin: https://evil.example    | application/json | 403",
                "POST | /dev/records/T      | localhost     | Sec-Fetch-Site: cross-site      | application/json | 403",
                "POST | /dev/records/T      | evil.example  | Origin: http://evil.example     | application/json | 403",
                "GET  | /                   | localhost     | Sec-Fetch-Site: none            | text/plain       | 200",
                "GET  | /                   | evil.example  | Sec-Fetch-Site: none            | text/plain       | 403",
                "GET  | /                   | dev.mine.test | Sec-Fetch-Site: none            | text/plain       | 200",
                "GET  | /dev/info           | evil.example  | Accept-Language: en             | text/plain       | 403",
                "GET  | /dev/info           | evil.example  | User-Agent: curl/8              | text/plain       | 200",
                "GET  | /dev/%zz            | localhost     | X: y                            | text/plain       | 400",
                "HEAD | /api/events/view/1  | evil.example  | Sec-Fetch-Site: same-origin     | text/plain       | 403",
                "HEAD | /api/events/view/1  | localhost     | Origin: https://other.example   | text/plain       | 200"
            })
    void takesNothingFromPagesOfOthers(String method, String path, String host, String header, String type, int status)
            throws Exception {
        try (Gateway gateway = start(Map.of("MANAGEMENT_SERVER_ALLOWEDHOSTS", "dev.mine.test"))) {
            String body = method.equals("POST") ? "{}" : "";
            String request = method + " " + path.replace("/T", "/" + TOPIC + "?key=ann") + " HTTP/1.1\r\nHost: " + host
                    + "\r\n" + header + "\r\nContent-Type: " + type + "\r\nContent-Length: " + body.length()
                    + "\r\nConnection: close\r\n\r\n" + body;

            assertThat(answer(gateway.port(), request)).startsWith("HTTP/1.1 " + status + " ");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "false, /manage/console/,      404",
        "true,  /manage/console/,      200",
        "false, /api/events/client.js, 404",
        "true,  /api/events/client.js, 200"
    })
    void hasTheInspectorOnTheManagementPortOnlyWhenItIsTurnedOn(String enabled, String path, int status)
            throws Exception {
        String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        try (Gateway gateway = start(Map.of("EVENTS_CONSOLE_ENABLED", enabled))) {
            assertThat(answer(gateway.managementPort(), request)).startsWith("HTTP/1.1 " + status + " ");
            assertThat(answer(gateway.port(), request)).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void warnsThatItAsksNobodyWhoTheyAre() {
        String warning = "SECURITY_TYPE is not used: --embedded lets everybody in";

        assertThat(log(Map.of("SECURITY_TYPE", "jwt-public-key"))).contains(warning);
        assertThat(log(Map.of("SECURITY_TYPE", "none"))).doesNotContain(warning);
        assertThat(log(Map.of())).doesNotContain(warning);
        assertThatThrownBy(() -> log(Map.of("SECURITY_TYPE", "oauth2")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("SECURITY_TYPE");
    }

    private static List<String> log(Map<String, String> variables) {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(Gateway.class);
        log.start();
        logger.addAppender(log);
        try {
            start(variables).close();
        } finally {
            logger.detachAppender(log);
        }
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private static Gateway start(Map<String, String> variables) {
        Map<String, String> all =
                new HashMap<>(Map.of("SERVER_PORT", "0", "MANAGEMENT_SERVER_PORT", "0", "EVENTS_SSE_DRAINSECS", "0"));
        all.putAll(variables);
        Gateway gateway = Gateway.embedded(new Environment(all));
        gateway.start();
        return gateway;
    }

    private static String answer(int port, String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
