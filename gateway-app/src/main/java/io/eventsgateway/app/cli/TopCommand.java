package io.eventsgateway.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows the destinations that have most streams, or most events. */
@Command(
        name = "top",
        description =
                "Shows the destinations of replicas that have most streams or events, again and again until Ctrl-C.",
        mixinStandardHelpOptions = true)
public final class TopCommand implements Callable<Integer> {

    /** The exit code where a replica does not answer. */
    static final int UNAVAILABLE = 69;

    private static final String CLEAR = "\033[H\033[2J";

    @Mixin
    private ManagementPorts replicas = new ManagementPorts();

    @Option(names = "--by", description = "streams or events; default: ${DEFAULT-VALUE}.", defaultValue = "streams")
    private By by = By.streams;

    @Option(names = "--limit", description = "How many, at most 1000; default: ${DEFAULT-VALUE}.", defaultValue = "20")
    private int limit = 20;

    @Option(
            names = "--every",
            description = "Seconds between two looks; default: ${DEFAULT-VALUE}.",
            defaultValue = "2")
    private int every = 2;

    @Option(names = "--once", description = "Looks once, for scripts.")
    private boolean once;

    private Map<String, Long> before = Map.of();
    private long beforeAt;

    /** What destinations are ordered by; the names are what is typed. */
    enum By {
        streams,
        events
    }

    /** One destination on all replicas: their streams, and the events that its log has counted. */
    private record Row(String name, int streams, long events) {

        Row with(Row other) {
            return new Row(name, streams + other.streams, Math.max(events, other.events));
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        while (true) {
            List<JsonNode> answers = replicas.ask("GET", "destinations?by=" + by + "&limit=" + limit);
            if (!once) {
                System.out.print(CLEAR);
            }
            show(answers);
            if (once) {
                return replicas.hasFailed() ? UNAVAILABLE : 0;
            }
            Thread.sleep(Duration.ofSeconds(every).toMillis());
        }
    }

    private void show(List<JsonNode> answers) {
        Map<String, Row> rows = new HashMap<>();
        int streams = 0;
        for (JsonNode answer : answers) {
            streams += answer.get("streams").asInt();
            answer.get("destinations").forEach(each -> {
                Row row = new Row(
                        each.get("organisation").asText() + " "
                                + each.get("destination").asText(),
                        each.get("streams").asInt(),
                        each.get("events").asLong());
                rows.merge(row.name(), row, Row::with);
            });
        }
        long now = System.nanoTime();
        double seconds = (now - beforeAt) / 1e9;
        System.out.println(streams + " streams on " + answers.size() + " replicas");
        System.out.printf("%8s %12s %10s  %s%n", "STREAMS", "EVENTS", "EVENTS/S", "ORGANISATION DESTINATION");
        Comparator<Row> order =
                by == By.streams ? Comparator.comparingInt(Row::streams) : Comparator.comparingLong(Row::events);
        rows.values().stream()
                .sorted(order.reversed().thenComparing(Row::name))
                .limit(limit)
                .forEach(row -> System.out.printf(
                        "%8d %12d %10s  %s%n", row.streams(), row.events(), rate(row, seconds), row.name()));
        before = new HashMap<>();
        rows.forEach((name, row) -> before.put(name, row.events()));
        beforeAt = now;
    }

    private String rate(Row row, double seconds) {
        Long last = before.get(row.name());
        return last == null ? "-" : String.format("%.1f", Math.max(0, row.events() - last) / seconds);
    }
}
