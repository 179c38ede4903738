package io.eventsgateway.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists the open streams of replicas, or ends some. */
@Command(
        name = "streams",
        description = {
            "Lists the open streams of replicas by their management ports, the newest first, or ends some: each client comes back "
                    + "with its position, after a moment.",
            "Exit code 69 where a replica does not answer, 1 where a stream to be ended is not there."
        },
        mixinStandardHelpOptions = true)
public final class StreamsCommand implements Callable<Integer> {

    private static final String LINE = "%-24s %-20s %-8s %-9s %7s %-20s %12s  %s%n";

    @Mixin
    private ManagementPorts replicas = new ManagementPorts();

    @Option(
            names = "--destination",
            paramLabel = "TYPE/ID",
            description = "Only streams of this destination; may be repeated.")
    private List<String> destinations = List.of();

    @Option(names = "--subject", description = "Only streams of this subject; may be repeated.")
    private List<String> subjects = List.of();

    @Option(
            names = {"--organization", "--organisation"},
            description = "Only streams of this organisation.")
    private @Nullable String organisation;

    @Option(
            names = "--limit",
            description = "How many of each replica, at most 1000; default: ${DEFAULT-VALUE}.",
            defaultValue = "200")
    private int limit = 200;

    @ArgGroup
    private Ending ending = new Ending();

    /** What to do in place of listing. */
    static final class Ending {
        @Option(names = "--end", paramLabel = "ID", description = "Ends one stream.")
        private @Nullable String id;

        @Option(
                names = "--shed",
                paramLabel = "SHARE",
                description =
                        "Ends a share of each replica's streams that are selected, as 0.3, spread over its drain time.")
        private @Nullable String share;
    }

    @Override
    public Integer call() throws InterruptedException {
        String selected = ManagementPorts.query("destination", destinations)
                + ManagementPorts.query("subject", subjects)
                + ManagementPorts.query("organisation", organisation);
        if (ending.id != null || ending.share != null) {
            return end(
                    ManagementPorts.query("id", ending.id) + ManagementPorts.query("share", ending.share) + selected);
        }
        List<JsonNode> answers = replicas.ask("GET", "streams?limit=" + limit + selected);
        System.out.printf(
                LINE, "ID", "SUBJECT", "ADDRESS", "SINCE", "BEHIND", "BLOCKED SINCE", "BYTES", "DESTINATIONS");
        for (JsonNode answer : answers) {
            answer.get("streams").forEach(StreamsCommand::print);
            if (answer.get("more").asBoolean()) {
                System.out.println("… " + answer.get("replica").asText() + " has "
                        + answer.get("total").asInt() + "; select fewer");
            }
        }
        return replicas.hasFailed() ? TopCommand.UNAVAILABLE : 0;
    }

    private int end(String query) throws InterruptedException {
        List<JsonNode> answers = replicas.ask("DELETE", "streams?" + query.substring(1));
        int ended = 0;
        for (JsonNode answer : answers) {
            ended += answer.get("ended").asInt();
            System.out.println(answer.get("replica").asText() + ": ended "
                    + answer.get("ended").asInt() + " over "
                    + answer.get("overSeconds").asInt() + " s");
        }
        if (ending.id != null) {
            return ended > 0 ? 0 : 1;
        }
        return replicas.hasFailed() ? TopCommand.UNAVAILABLE : 0;
    }

    private static void print(JsonNode stream) {
        List<String> destinations = new ArrayList<>();
        stream.get("destinations")
                .forEach(each -> destinations.add(each.get("destination").asText() + "@"
                        + each.get("position").asText("-")));
        System.out.printf(
                LINE,
                stream.get("id").asText(),
                stream.get("subject").asText(),
                stream.get("address").asText(),
                stream.get("since").asText().substring(11, 19),
                stream.get("behind").asText("?"),
                stream.get("blockedSince").asText("-"),
                stream.get("bytesWritten").asText(),
                String.join(" ", destinations));
    }
}
