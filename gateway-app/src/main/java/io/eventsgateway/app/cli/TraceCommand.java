package io.eventsgateway.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.eventsgateway.Destination;
import io.eventsgateway.EventId;
import io.eventsgateway.app.manage.NewestEvents;
import io.eventsgateway.redis.RedisEventLog;
import io.eventsgateway.redis.RedisSettings;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what there is to know of one destination: what the log has, what came last, who is connected, what a subject would get. */
@Command(
        name = "trace",
        description = {
            "Shows one destination: what the log has of it, its newest events, who is connected, and what a subject would get.",
            "Events' data are shown with --data only, which reads them from the Redis of the environment."
        },
        mixinStandardHelpOptions = true)
public final class TraceCommand implements Callable<Integer> {

    private static final long PATIENCE_SECONDS = 15;

    /** How many events a replica gives at most. */
    private static final int MOST_EVENTS = 100;

    @Parameters(index = "0", paramLabel = "TYPE/ID", description = "The destination.")
    private String path = "";

    @Mixin
    private ManagementPorts replicas = new ManagementPorts();

    @Option(
            names = {"--organization", "--organisation"},
            description = "The destination's organisation; needed where records must name one.")
    private @Nullable String organisation;

    @Option(names = "--subject", description = "Shows what this subject would get; may be repeated.")
    private List<String> subjects = List.of();

    @Option(
            names = "--newest",
            description = "How many events, at most 100; default: ${DEFAULT-VALUE}.",
            defaultValue = "10")
    private int newest = 10;

    @Option(
            names = "--follow",
            description = "Shows what comes from then on, until Ctrl-C: each second the newest 100 events at most.")
    private boolean follow;

    @Option(
            names = "--data",
            description = "Shows the data of the newest events too, from the Redis of the environment.")
    private boolean data;

    @Mixin
    private EnvironmentOption settings = new EnvironmentOption();

    /** The last event that was shown, or that there was before any is; null while there is none. */
    private @Nullable EventId last;

    @Override
    public Integer call() throws InterruptedException, IOException, ExecutionException {
        List<JsonNode> reports = replicas.ask("GET", query(newest, subjects));
        if (reports.isEmpty()) {
            return TopCommand.UNAVAILABLE;
        }
        JsonNode first = reports.get(0);
        summary(first);
        EventId end = first.get("last").isNull() ? null : position(first.get("last"));
        if (data) {
            printData(organisation == null ? first.get("organisation").asText() : organisation);
        } else {
            first.get("newest").forEach(this::event);
        }
        last = last == null ? end : last;
        subjects(first);
        reports.forEach(TraceCommand::connected);
        while (follow) {
            Thread.sleep(1000);
            JsonNode report = replicas.askOne(query(MOST_EVENTS, List.of()));
            if (report != null) {
                newEvents(report.get("newest"));
            }
        }
        return replicas.hasFailed() ? TopCommand.UNAVAILABLE : 0;
    }

    private String query(int events, List<String> served) {
        String encoded = URLEncoder.encode(path, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replaceFirst("%2F", "/");
        return "destinations/" + encoded + "?newest=" + events
                + ManagementPorts.query("organisation", organisation)
                + ManagementPorts.query("subject", served);
    }

    private static void summary(JsonNode report) {
        System.out.println(report.get("destination").asText() + " of organisation "
                + report.get("organisation").asText());
        if (report.get("last").isNull()) {
            System.out.println("  the log knows nothing of it");
            return;
        }
        System.out.println("  events kept  " + report.get("events").asLong());
        System.out.println("  first        " + place(report.get("first")));
        System.out.println("  last         " + place(report.get("last")));
        System.out.println("  state        " + (report.get("ended").asBoolean() ? "ended" : "open"));
        if (!report.get("excluded").isEmpty()) {
            System.out.println("  ended for    " + report.get("excluded")
                    + (report.get("excludedMore").asBoolean() ? " and more" : ""));
        }
        report.get("sources")
                .forEach(each -> System.out.println(
                        "  record       topic id " + each.get("topicId").asText()
                                + ", partition " + each.get("partition").asInt() + ", offset "
                                + each.get("offset").asLong()));
    }

    private static String place(JsonNode position) {
        return position.isNull()
                ? "-"
                : position.get("position").asText() + "  "
                        + position.get("time").asText();
    }

    /** Shows those that were not shown, and how many are missing between. */
    private void newEvents(JsonNode events) {
        for (JsonNode event : events) {
            EventId id = position(event);
            EventId before = last;
            if (id == null || (before != null && before.isAtOrAfter(id))) {
                continue;
            }
            long left = before == null || before.epoch() != id.epoch() ? 0 : id.sequence() - before.sequence() - 1;
            if (left > 0) {
                System.out.println("  … " + left + " events that came faster than they are shown");
            }
            event(event);
        }
    }

    private void event(JsonNode event) {
        last = position(event);
        System.out.println("  event  " + place(event) + "  " + event.get("kind").asText() + " "
                + event.get("event").asText() + "  " + event.get("bytes").asInt() + " bytes");
    }

    private static @Nullable EventId position(JsonNode of) {
        return EventId.parse(of.get("position").asText());
    }

    private void printData(String owner) throws InterruptedException, IOException, ExecutionException {
        int slash = path.indexOf('/');
        Destination destination = new Destination(owner, path.substring(0, slash), path.substring(slash + 1));
        try (RedisEventLog log = new RedisEventLog(RedisSettings.options(settings.environment()))) {
            log.start();
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (!log.isReachable()) {
                if (System.nanoTime() - until > 0) {
                    throw new IOException("Redis can't be read: " + log.state().problem());
                }
                Thread.sleep(50);
            }
            List<NewestEvents.Found> found = new NewestEvents(log, destination, newest)
                    .find()
                    .toCompletableFuture()
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            for (NewestEvents.Found event : found) {
                last = event.id();
                System.out.println("  event  " + event.id() + "  "
                        + Instant.ofEpochMilli(event.id().millis()) + "  "
                        + Terminal.part(event.name()) + "  "
                        + (event.data() == null
                                ? "(" + event.bytes() + " bytes)"
                                : Terminal.lines(event.data().toByteArray())));
            }
        } catch (TimeoutException late) {
            throw new IOException("Redis does not answer", late);
        }
    }

    private static void subjects(JsonNode report) {
        if (!report.has("subjects")) {
            return;
        }
        for (JsonNode subject : report.get("subjects")) {
            System.out.println("  subject " + subject.get("subject").asText() + ": served up to "
                    + place(subject.get("served")) + "; would get "
                    + subject.get("pending").asLong() + " events"
                    + (subject.get("gap").isNull()
                            ? ""
                            : " and a reset (" + subject.get("gap").asText() + ")")
                    + "; connects and disconnects: " + subject.get("connects").asText());
        }
    }

    private static void connected(JsonNode report) {
        JsonNode connected = report.get("connected");
        System.out.println("  connected to " + connected.get("replica").asText() + ": "
                + connected.get("total").asInt());
        connected
                .get("streams")
                .forEach(stream -> System.out.println("    " + stream.get("id").asText() + "  "
                        + stream.get("subject").asText() + "  since "
                        + stream.get("since").asText() + "  behind "
                        + stream.get("behind").asText("?") + "  blocked since "
                        + stream.get("blockedSince").asText("-")));
    }
}
