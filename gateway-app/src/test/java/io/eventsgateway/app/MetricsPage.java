package io.eventsgateway.app;

import io.eventsgateway.topic.Feed;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The page of all metrics, docs/metrics.md, made of what the gateway answers to Prometheus. Used by one thread. */
final class MetricsPage {

    private static final Pattern HELP = Pattern.compile("# HELP (\\S+) (.*)");
    private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");
    private static final Pattern SAMPLE = Pattern.compile("(\\w+)(?:\\{(.*)})? \\S+");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");

    private final Map<String, Family> families = new TreeMap<>();

    /** What goes by one name. */
    private static final class Family {
        private String help = "";
        private String type = "";
        private final Map<String, TreeSet<String>> labels = new TreeMap<>();

        private String row(String name) {
            List<String> tags = new ArrayList<>();
            labels.forEach((key, values) -> tags.add(tag(name, key, values)));
            String unit = name.contains("_seconds") ? "seconds" : name.contains("_bytes") ? "bytes" : "";
            return "| `%s` | %s | %s | %s | %s |%n".formatted(name, type, String.join("; ", tags), unit, help);
        }

        private static String tag(String name, String key, TreeSet<String> values) {
            boolean listed = name.startsWith("events_gateway_") && (key.equals("reason") || key.equals("kind"));
            return "`" + key + "`" + (listed ? ": " + String.join(", ", values) : "");
        }
    }

    /** Adds what is registered, as Prometheus gets it. */
    MetricsPage add(String scraped) {
        Map<String, Family> found = new TreeMap<>();
        for (String line : scraped.split("\n")) {
            Matcher help = HELP.matcher(line);
            Matcher type = TYPE.matcher(line);
            Matcher sample = SAMPLE.matcher(line);
            if (help.matches()) {
                found.computeIfAbsent(help.group(1), name -> new Family()).help =
                        help.group(2).strip();
            } else if (type.matches()) {
                found.computeIfAbsent(type.group(1), name -> new Family()).type = type.group(2);
            } else if (sample.matches() && sample.group(2) != null) {
                addLabels(found, sample.group(1), sample.group(2));
            }
        }
        families.putAll(found);
        return this;
    }

    private static void addLabels(Map<String, Family> found, String sample, String labels) {
        Family family = found.get(sample);
        if (family == null) {
            family = found.get(sample.replaceAll("_(bucket|sum|count)$", ""));
        }
        Matcher label = LABEL.matcher(labels);
        while (family != null && label.find()) {
            if (!label.group(1).equals("le")) {
                family.labels
                        .computeIfAbsent(label.group(1), key -> new TreeSet<>())
                        .add(label.group(2));
            }
        }
    }

    /** The names of all that is registered. */
    List<String> names() {
        return List.copyOf(families.keySet());
    }

    /** Those names that are the same whatever the JVM and its collector. */
    List<String> ownNames() {
        return families.keySet().stream().filter(name -> !isOfProcess(name)).toList();
    }

    private static boolean isOfProcess(String name) {
        return name.matches("(jvm|process|system)_.*");
    }

    /** The rows of a part of the page. */
    String rows(String part) {
        StringBuilder rows =
                new StringBuilder("| metric | type | tags | unit | what it measures |\n|---|---|---|---|---|\n");
        families.forEach((name, family) -> {
            boolean isIn = part.equals("process") ? isOfProcess(name) : name.startsWith(part);
            if (isIn) {
                rows.append(family.row(name));
            }
        });
        return rows.toString().replace(System.lineSeparator(), "\n");
    }

    String markdown() {
        return """
                # Metrics

                What `/manage/actuator/prometheus` answers, by Prometheus's names; `/manage/actuator/metrics` has the same by Micrometer's, with dots:
                `events.gateway.appended`. This page is written from what is registered (`MetricsPageTest`). Every replica reports its own part:
                sum over replicas what is counted, and take the largest of what waits. A histogram has the series `_bucket`, `_sum` and `_count`.
                `feed` is one of %s.

                [operations/grafana-dashboard.json](operations/grafana-dashboard.json) shows the most important ones,
                [operations/alerts.yml](operations/alerts.yml) watches them, and [operations/alerts.md](operations/alerts.md) says what to do.

                ## The gateway
                %s
                - `append_delay` is from a record's timestamp, which its producer or broker sets, until Redis has its events; records that are read
                  again are left out. `delivery_delay` is from there, by Redis's clock, until a write to the socket, of the oldest event of each
                  write, and only of events that came while the stream was open. Together they are what an event takes.
                - `oldest_unread` is a bound: a record is no older than the one read before it, and was not there when the partition was last seen
                  without unread ones. It is measured every 5 seconds.
                - `refused` with `origin` counts requests that the gateway answers and a browser withholds from its page; with `ended`, those
                  answered with 204 after a disconnect; with `keys` and `policy`, those that could not be decided.

                ## Kafka's consumers
                One series for each consumer of the gateway, which Kafka's client measures itself.

                %s
                ## The process and its JVM
                By Micrometer. Which there are depends on the JVM and its garbage collector.

                %s""".formatted(feeds(), rows("events_gateway_"), rows("kafka_"), rows("process"))
                .replace(System.lineSeparator(), "\n");
    }

    private static String feeds() {
        List<String> feeds = new ArrayList<>();
        for (Feed feed : Feed.values()) {
            feeds.add("`" + feed.label() + "`");
        }
        return String.join(", ", feeds);
    }
}
