package io.eventsgateway.app.cli;

import io.eventsgateway.Text;
import io.eventsgateway.sse.SseReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * An EventSource in the terminal: prints position, event and data, and comes back when the stream ends. Whatever a server sends, it keeps a bounded
 * part of it, and writes no control character.
 */
@Command(
        name = "tail",
        description = "Shows the events of destinations as they arrive, and reconnects as a browser would.",
        mixinStandardHelpOptions = true)
public final class TailCommand implements Callable<Integer>, SseReader.Listener {

    /** More than the largest record of Kafka's in the default configuration. */
    private static final int MAX_DATA = 64 * 1024 * 1024;

    private static final int MAX_NAME = 1000;
    private static final int MAX_REFUSAL = 8 * 1024;
    private static final Duration SHORTEST_RETRY = Duration.ofMillis(500);

    /** What a gateway's positions are written in, and a header can carry back; of 64 destinations one is far shorter. */
    private static final Pattern POSITION = Pattern.compile("[!-~]{1,8192}");

    private final int maxData;

    @Spec
    private @Nullable CommandSpec spec;

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

    /** A command that is run once. */
    public TailCommand() {
        this(MAX_DATA);
    }

    /** @param maxData how many bytes of an event's data are kept */
    TailCommand(int maxData) {
        this.maxData = maxData;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (!lastEventId.isEmpty() && !POSITION.matcher(lastEventId).matches()) {
            note("--last-event-id=" + lastEventId + " is not valid: must be ASCII characters without spaces");
            return CommandLine.ExitCode.USAGE;
        }
        HttpClient client = HttpClient.newHttpClient();
        while (true) {
            try {
                HttpResponse<InputStream> answer = client.send(request(), HttpResponse.BodyHandlers.ofInputStream());
                if (answer.statusCode() == 204) {
                    note("The destination has ended.");
                    return 0;
                }
                try (InputStream body = answer.body()) {
                    if (answer.statusCode() != 200) {
                        note(new String(body.readNBytes(MAX_REFUSAL), StandardCharsets.UTF_8));
                        return 1;
                    }
                    note("Connected.");
                    read(body);
                }
                note("Stream ended, back in " + retry.toMillis() + " ms.");
            } catch (IOException broken) {
                note("Disconnected (" + broken + "), back in " + retry.toMillis() + " ms.");
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
        SseReader reader = new SseReader(this, maxData);
        byte[] some = new byte[8 * 1024];
        for (int count = answer.read(some); count >= 0; count = answer.read(some)) {
            reader.feed(some, 0, count);
        }
    }

    @Override
    public void frame(SseReader frame) {
        String position = frame.lastEventId();
        lastEventId = POSITION.matcher(position).matches() ? position : lastEventId;
        if (frame.hasData()) {
            PrintWriter out = commandLine().getOut();
            out.print(lastEventId + "\t" + Text.forLog(frame.name(), MAX_NAME) + "\t");
            out.print(Terminal.lines(frame.data()));
            out.print("\n");
            out.flush();
        }
        if (frame.dataLength() > frame.dataSize()) {
            note("An event of " + frame.dataLength() + " bytes is cut behind " + frame.dataSize() + ".");
        }
    }

    @Override
    public void retry(long millis) {
        Duration asked = Duration.ofMillis(millis);
        retry = asked.compareTo(SHORTEST_RETRY) < 0 ? SHORTEST_RETRY : asked;
    }

    private void note(String text) {
        commandLine().getErr().print(Terminal.lines(text) + "\n");
        commandLine().getErr().flush();
    }

    private CommandLine commandLine() {
        return Objects.requireNonNull(spec, "run by picocli").commandLine();
    }
}
