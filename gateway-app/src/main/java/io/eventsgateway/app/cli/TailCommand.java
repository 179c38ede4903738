package io.eventsgateway.app.cli;

import io.eventsgateway.sse.SseReader;
import java.io.IOException;
import java.io.InputStream;
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
public final class TailCommand implements Callable<Integer>, SseReader.Listener {

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
                try (InputStream body = answer.body()) {
                    if (answer.statusCode() != 200) {
                        System.err.println(new String(body.readAllBytes(), StandardCharsets.UTF_8));
                        return 1;
                    }
                    System.err.println("Connected.");
                    read(body);
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

    private void read(InputStream answer) throws IOException {
        SseReader reader = new SseReader(this);
        byte[] some = new byte[8 * 1024];
        for (int count = answer.read(some); count >= 0; count = answer.read(some)) {
            reader.feed(some, 0, count);
        }
    }

    @Override
    public void frame(SseReader frame) {
        lastEventId = frame.lastEventId().isEmpty() ? lastEventId : frame.lastEventId();
        if (frame.hasData()) {
            System.out.print(lastEventId + "\t" + frame.name() + "\t" + frame.data() + "\n");
            System.out.flush();
        }
    }

    @Override
    public void retry(long millis) {
        retry = Duration.ofMillis(millis);
    }
}
