package io.eventsgateway.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Shows the destinations that have most streams, or most events. */
@Command(
        name = "top",
        description =
                "Shows the destinations of replicas that have most streams or events, again and again until Ctrl-C. A number of streams "
                        + "with a plus may be higher: not every replica has listed the destination.",
        mixinStandardHelpOptions = true)
public final class TopCommand implements Callable<Integer> {

    /** The exit code where a replica does not answer. */
    static final int UNAVAILABLE = 69;

    /** How many rows a replica gives at most, and of how many times those that are shown it is asked for where there are several. */
    private static final int MOST_ROWS = 1000;

    private static final int ROWS_FACTOR = 10;

    private static final String CLEAR = "\033[H\033[2J";

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private ManagementPorts replicas = new ManagementPorts();

    @Option(names = "--by", description = "streams or events; default: ${DEFAULT-VALUE}.", defaultValue = "streams")
    private By by = By.streams;

    @Option(names = "--limit", description = "How many, at most 1000; default: ${DEFAULT-VALUE}.", defaultValue = "20")
    private int limit = 20;

    @Option(
            names = "--every",
            description = "Seconds between two looks, at least 1; default: ${DEFAULT-VALUE}.",
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

    /**
     * One destination on all replicas: their streams, and the events that its log has counted.
     *
     * @param listed by how many of the replicas that have more destinations than they list
     */
    private record Row(String name, int streams, long events, int listed) {

        Row with(Row other) {
            return new Row(name, streams + other.streams, Math.max(events, other.events), listed + other.listed);
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        if (every < 1) {
            throw new ParameterException(
                    Objects.requireNonNull(spec).commandLine(),
                    "--every=" + every + " is not valid: must be at least 1");
        }
        while (true) {
            List<JsonNode> answers = replicas.ask("GET", "destinations?by=" + by + "&limit=" + rows());
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

    /** How many each replica is asked for: what many have a little of is far down in the list of each. */
    private int rows() {
        return replicas.count() > 1 && limit > 0 ? Math.max(limit, Math.min(MOST_ROWS, ROWS_FACTOR * limit)) : limit;
    }

    private void show(List<JsonNode> answers) {
        Map<String, Row> rows = new HashMap<>();
        int streams = 0;
        int shortened = 0;
        for (JsonNode answer : answers) {
            streams += answer.get("streams").asInt();
            int more = answer.get("more").asBoolean() ? 1 : 0;
            shortened += more;
            answer.get("destinations").forEach(each -> {
                Row row = new Row(
                        each.get("organisation").asText() + " "
                                + each.get("destination").asText(),
                        each.get("streams").asInt(),
                        each.get("events").asLong(),
                        more);
                rows.merge(row.name(), row, Row::with);
            });
        }
        int lists = shortened;
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
                        "%8s %12d %10s  %s%n",
                        row.streams() + (row.listed() < lists ? "+" : ""),
                        row.events(),
                        rate(row, seconds),
                        row.name()));
        before = new HashMap<>();
        rows.forEach((name, row) -> before.put(name, row.events()));
        beforeAt = now;
    }

    private String rate(Row row, double seconds) {
        Long last = before.get(row.name());
        return last == null ? "-" : String.format("%.1f", Math.max(0, row.events() - last) / seconds);
    }
}
