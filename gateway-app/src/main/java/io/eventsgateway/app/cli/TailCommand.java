package io.eventsgateway.app.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** An EventSource in the terminal: prints position, event and data, and comes back when the stream ends. */
@Command(
        name = "tail",
        description = "Shows the events of destinations as they arrive, and reconnects as a browser would.",
        mixinStandardHelpOptions = true)
public final class TailCommand implements Callable<Integer> {

    @Parameters(arity = "1..64", description = "Destinations: type/id, or user.")
    private List<String> destinations = List.of();

    @Option(
            names = "--url",
            description = "The gateway; default: ${DEFAULT-VALUE}.",
            defaultValue = "http://localhost:8080")
    private URI url = URI.create("http://localhost:8080");

    @Option(names = "--token", description = "Access token; default: the variable GATEWAY_TOKEN.")
    private @Nullable String token = System.getenv("GATEWAY_TOKEN");

    @Option(names = "--from", description = "pending, earliest or latest.")
    private @Nullable String from;

    @Option(names = "--last-event-id", description = "The position to go on from.")
    private String lastEventId = "";

    private Duration retry = Duration.ofSeconds(3);

    @Override
    public Integer call() throws InterruptedException {
        HttpClient client = HttpClient.newHttpClient();
        while (true) {
            try {
                HttpResponse<InputStream> answer = client.send(request(), HttpResponse.BodyHandlers.ofInputStream());
                if (answer.statusCode() == 204) {
                    System.err.println("The destination has ended.");
                    return 0;
                }
                try (BufferedReader lines =
                        new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
                    if (answer.statusCode() != 200) {
                        System.err.println(lines.lines().collect(Collectors.joining("\n")));
                        return 1;
                    }
                    System.err.println("Connected.");
                    read(lines);
                }
                System.err.println("Stream ended, back in " + retry.toMillis() + " ms.");
            } catch (IOException broken) {
                System.err.println("Disconnected (" + broken + "), back in " + retry.toMillis() + " ms.");
            }
            Thread.sleep(retry.toMillis());
        }
    }

    private HttpRequest request() {
        String query = destinations.stream()
                .map(each -> "destination=" + URLEncoder.encode(each, StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        String start = from == null ? "" : "&from=" + from;
        HttpRequest.Builder request = HttpRequest.newBuilder(url.resolve("/api/events?" + query + start))
                .header("Accept", "text/event-stream");
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        if (!lastEventId.isEmpty()) {
            request.header("Last-Event-ID", lastEventId);
        }
        return request.build();
    }

    /** Reads fields until the stream ends (HTML standard, section 9.2.6). */
    private void read(BufferedReader lines) throws IOException {
        String event = "message";
        StringBuilder data = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            int colon = line.indexOf(':');
            String field = colon < 0 ? line : line.substring(0, colon);
            String value = colon < 0 ? "" : line.substring(colon + 1);
            value = value.startsWith(" ") ? value.substring(1) : value;
            switch (field) {
                case "id" -> lastEventId = value;
                case "event" -> event = value;
                case "data" -> data.append(value).append('\n');
                case "retry" -> retry = Duration.ofMillis(Long.parseLong(value));
                case "" -> {
                    if (line.isEmpty()) {
                        if (data.length() > 0) {
                            System.out.print(lastEventId + "\t" + event + "\t" + data);
                            System.out.flush();
                        }
                        event = "message";
                        data.setLength(0);
                    }
                }
                default -> {
                    // the standard ignores other fields
                }
            }
        }
    }
}
