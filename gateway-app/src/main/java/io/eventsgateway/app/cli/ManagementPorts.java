package io.eventsgateway.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The management ports of the replicas that a command asks. A replica that does not answer hides none of the others. Used by one thread. */
final class ManagementPorts {

    private static final String BASE = "/manage/actuator/";
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "Management port of a replica; once for each replica. Default: ${DEFAULT-VALUE}.",
            defaultValue = "http://localhost:8081")
    private List<URI> urls = List.of();

    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();
    private boolean failed;

    /** The answers of those that have one, as a terminal may show them; what is wrong with the others goes to the standard error. */
    List<JsonNode> ask(String method, String path) throws InterruptedException {
        List<JsonNode> answers = new ArrayList<>();
        failed = false;
        for (URI url : urls) {
            JsonNode answer = ask(url, method, path);
            if (answer != null) {
                answers.add(answer);
            }
        }
        return answers;
    }

    /** The answer of the first that has one, of what they all know; null where none has. */
    @Nullable
    JsonNode askOne(String path) throws InterruptedException {
        failed = false;
        for (URI url : urls) {
            JsonNode answer = ask(url, "GET", path);
            if (answer != null) {
                return answer;
            }
        }
        return null;
    }

    private @Nullable JsonNode ask(URI url, String method, String path) throws InterruptedException {
        try {
            HttpResponse<byte[]> answer = http.send(
                    HttpRequest.newBuilder(url.resolve(BASE + path))
                            .method(method, HttpRequest.BodyPublishers.noBody())
                            .timeout(PATIENCE)
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            if (answer.statusCode() == 200) {
                return Terminal.part(json.readTree(answer.body()));
            }
            fail(url, detail(answer));
        } catch (IOException unreachable) {
            fail(url, unreachable.toString());
        }
        return null;
    }

    /** How many there are. */
    int count() {
        return urls.size();
    }

    /** Whether the last question was not answered by each of them. */
    boolean hasFailed() {
        return failed;
    }

    private void fail(URI url, String why) {
        failed = true;
        System.err.println(url + ": " + Terminal.lines(why));
    }

    private String detail(HttpResponse<byte[]> answer) {
        try {
            JsonNode detail = json.readTree(answer.body()).get("detail");
            if (detail != null) {
                return detail.asText();
            }
        } catch (IOException noJson) {
            // the status says enough
        }
        return "HTTP " + answer.statusCode();
    }

    /** A parameter for each value; nothing for none. */
    static String query(String name, List<String> values) {
        return values.stream()
                .map(value -> "&" + name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8))
                .collect(Collectors.joining());
    }

    static String query(String name, @Nullable String value) {
        return value == null ? "" : query(name, List.of(value));
    }
}
