package io.eventsgateway.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** A real Keycloak as a process of its own, with everything in memory, for tests. Used by one thread. */
final class KeycloakServer implements AutoCloseable {

    private static final Path HOME = Path.of("target", "keycloak");
    static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final String base;
    private final Path log;
    private final Process process;

    KeycloakServer() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var folders = Files.list(HOME)) {
            int port = socket.getLocalPort();
            base = "http://127.0.0.1:" + port;
            log = Files.createTempFile("keycloak", ".log");
            Path home = folders.filter(folder -> folder.getFileName().toString().startsWith("keycloak-"))
                    .findFirst()
                    .orElseThrow();
            socket.close();
            ProcessBuilder builder = new ProcessBuilder(
                            "sh",
                            home.resolve("bin/kc.sh").toString(),
                            "start-dev",
                            "--http-host=127.0.0.1",
                            "--http-port=" + port,
                            "--db=dev-mem",
                            "--cache=local")
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            builder.environment().put("JAVA_OPTS_KC_HEAP", "-Xms64m -Xmx512m");
            builder.environment().put("KC_BOOTSTRAP_ADMIN_USERNAME", "admin");
            builder.environment().put("KC_BOOTSTRAP_ADMIN_PASSWORD", "admin");
            process = builder.start();
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(this::kill, "keycloak-close"));
        awaitAnswer();
    }

    private void awaitAnswer() {
        long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(10);
        while (true) {
            try {
                if (send(HttpRequest.newBuilder(URI.create(base + "/realms/master"))
                                        .GET())
                                .statusCode()
                        == 200) {
                    return;
                }
            } catch (UncheckedIOException notYet) {
                // it listens late
            }
            if (System.nanoTime() > until || !process.isAlive()) {
                throw new IllegalStateException("Keycloak does not start:\n" + log());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        }
    }

    private String log() {
        try {
            return Files.readString(log);
        } catch (IOException gone) {
            return gone.toString();
        }
    }

    /** What the settings call the base server's URL. */
    String url() {
        return base;
    }

    /** Makes a realm as its representation says, by the admin API. */
    void createRealm(Map<String, Object> representation) {
        admin("POST", "/admin/realms", representation);
    }

    /** Makes the realm sign with a new key from now on; the one before still counts. */
    void rotateKeys(String realm) {
        String id = admin("GET", "/admin/realms/" + realm, null).get("id").asText();
        admin(
                "POST",
                "/admin/realms/" + realm + "/components",
                Map.of(
                        "name", "next",
                        "providerId", "rsa-generated",
                        "providerType", "org.keycloak.keys.KeyProvider",
                        "parentId", id,
                        "config", Map.of("priority", List.of("1000"))));
    }

    /** Changes a realm. */
    void updateRealm(String realm, Map<String, Object> changes) {
        admin("PUT", "/admin/realms/" + realm, changes);
    }

    /** How often a client of a realm was given a token for its own credentials; the realm has to keep such events. */
    int tokensGiven(String realm, String client) {
        return admin("GET", "/admin/realms/" + realm + "/events?type=CLIENT_LOGIN&client=" + client, null)
                .size();
    }

    private JsonNode admin(String method, String path, Object body) {
        String token = post(
                        "/realms/master/protocol/openid-connect/token",
                        Map.of(
                                "client_id",
                                "admin-cli",
                                "grant_type",
                                "password",
                                "username",
                                "admin",
                                "password",
                                "admin"))
                .get("access_token")
                .asText();
        try {
            HttpResponse<String> answer = send(HttpRequest.newBuilder(URI.create(base + path))
                    .header("Authorization", "Bearer " + token)
                    .header("Content-Type", "application/json")
                    .method(
                            method,
                            body == null
                                    ? BodyPublishers.noBody()
                                    : BodyPublishers.ofString(JSON.writeValueAsString(body))));
            if (answer.statusCode() >= 300) {
                throw new IllegalStateException(path + " answers " + answer.statusCode() + " " + answer.body());
            }
            return JSON.readTree(answer.body());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Logs a user in and answers what the token endpoint does. */
    JsonNode login(String realm, String user) {
        return post(
                "/realms/" + realm + "/protocol/openid-connect/token",
                Map.of("client_id", "web", "grant_type", "password", "username", user, "password", "pw"));
    }

    /** An access token of a user. */
    String token(String realm, String user) {
        return login(realm, user).get("access_token").asText();
    }

    /** What the token endpoint answers to a refresh token. */
    JsonNode refresh(String realm, String refreshToken) {
        return post(
                "/realms/" + realm + "/protocol/openid-connect/token",
                Map.of("client_id", "web", "grant_type", "refresh_token", "refresh_token", refreshToken));
    }

    void logout(String realm, String refreshToken) {
        post(
                "/realms/" + realm + "/protocol/openid-connect/logout",
                Map.of("client_id", "web", "refresh_token", refreshToken));
    }

    private JsonNode post(String path, Map<String, String> form) {
        String body = new TreeMap<>(form)
                .entrySet().stream()
                        .map(each -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&"));
        try {
            return JSON.readTree(send(HttpRequest.newBuilder(URI.create(base + path))
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(BodyPublishers.ofString(body)))
                    .body());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    /** Ends it at once. Idempotent. */
    void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            process.waitFor(30, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    @Override
    public void close() {
        kill();
        log.toFile().delete();
    }
}
