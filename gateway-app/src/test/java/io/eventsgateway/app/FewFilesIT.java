package io.eventsgateway.app;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A gateway that may open fewer files than there are clients. */
class FewFilesIT {

    private static final Artifact FEW_FILES = new Artifact(
            "jar with 256 files",
            List.of(
                    "sh",
                    "-c",
                    "ulimit -n 256; exec \"$@\"",
                    "sh",
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-jar",
                    Path.of("target", "gateway-app.jar").toString()),
            false);

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Socket> clients = new ArrayList<>();

    @Test
    void isManagedWhileClientsTakeAllConnectionsAndTakesOthersWhenTheseLeft() throws Exception {
        try (GatewayProcess gateway = new GatewayProcess(
                FEW_FILES,
                Path.of("target").toAbsolutePath(),
                Map.of("EVENTS_SSE_DRAINSECS", "0"),
                "run",
                "--embedded")) {
            assertThat(gateway.log()).contains("SERVER_MAXCONNECTIONS=101000 needs", "the limit is 256");
            for (int i = 0; i < 400; i++) {
                clients.add(open(gateway));
            }

            for (int i = 0; i < 5; i++) {
                HttpRequest liveness = HttpRequest.newBuilder(liveness(gateway))
                        .timeout(Duration.ofSeconds(20))
                        .build();
                assertThat(HttpClient.newHttpClient()
                                .send(liveness, HttpResponse.BodyHandlers.ofString())
                                .statusCode())
                        .isEqualTo(200);
            }
            await("the log", () -> gateway.log().contains("Connections closed because there are too many"));

            for (Socket each : clients) {
                each.close();
            }
            await("a new client", () -> isLetIn(gateway.uri("/api/events/process-instance/demo")));
        }
    }

    private static URI liveness(GatewayProcess gateway) {
        return URI.create("http://127.0.0.1:" + gateway.managementPort() + "/manage/actuator/health/liveness");
    }

    private static Socket open(GatewayProcess gateway) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port());
        try {
            socket.getOutputStream()
                    .write("GET /api/events/process-instance/demo HTTP/1.1\r\nHost: localhost\r\n\r\n"
                            .getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException closedAtOnce) {
            return socket;
        }
        return socket;
    }

    private boolean isLetIn(URI uri) {
        try {
            HttpResponse<?> answer = http.send(
                    HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(5)).build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            return answer.statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}
