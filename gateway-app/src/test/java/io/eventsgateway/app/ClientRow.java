package io.eventsgateway.app;

import static io.eventsgateway.app.ClientRow.AfterEnd.ASKS_ON;
import static io.eventsgateway.app.ClientRow.AfterEnd.STOPS;
import static io.eventsgateway.app.ClientRow.Host.CHROMIUM;
import static io.eventsgateway.app.ClientRow.Host.CURL;
import static io.eventsgateway.app.ClientRow.Host.FIREFOX;
import static io.eventsgateway.app.ClientRow.Host.JVM;
import static io.eventsgateway.app.ClientRow.Host.NODE;
import static io.eventsgateway.app.ClientRow.Silence.NEVER;
import static io.eventsgateway.app.ClientRow.Silence.NOTICES;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A client of the matrix, and what is known of it.
 *
 * @param name its name and, by this, the file with its code
 * @param host where it runs
 * @param expected how the story ends for it
 */
record ClientRow(String name, Host host, Verdict expected) {

    /** What runs the clients of a kind. */
    enum Host {
        NODE,
        JVM,
        CURL,
        CHROMIUM,
        FIREFOX
    }

    /** Whether it gives up a connection on which nothing comes any more, heartbeats included. */
    enum Silence {
        NOTICES,
        NEVER
    }

    /** What it does after a 204. */
    enum AfterEnd {
        STOPS,
        ASKS_ON
    }

    /**
     * How the story ended for a client.
     *
     * @param lost events that never came
     * @param twice events that came again without a reset before
     * @param altered events whose data is not what was sent
     * @param empty whether messages without data came, of which none was sent
     */
    record Verdict(int lost, int twice, int altered, boolean empty, Silence silence, AfterEnd afterEnd) {

        /** The head of a table of verdicts. */
        static final String HEAD = """
                | client | lost | twice | altered | empty messages | silence | after 204 |
                |---|---|---|---|---|---|---|""";

        /** Of one that follows the standard. */
        static Verdict exact(Silence silence, AfterEnd afterEnd) {
            return new Verdict(0, 0, 0, false, silence, afterEnd);
        }

        /** A line of that table. */
        String line(String client) {
            return String.format(
                    "| %s | %d | %d | %d | %s | %s | %s |",
                    client,
                    lost,
                    twice,
                    altered,
                    empty ? "yes" : "no",
                    silence == NOTICES ? "notices" : "never notices",
                    afterEnd == STOPS ? "stops" : "asks on");
        }

        /** The same of one that alters the data of so many events. */
        Verdict altering(int events) {
            return new Verdict(lost, twice, events, empty, silence, afterEnd);
        }
    }

    /** All of them. */
    static List<ClientRow> all() {
        return List.of(
                exact(NODE, "eventsource", NEVER, STOPS),
                exact(NODE, "eventsource-3", NEVER, STOPS),
                exact(NODE, "eventsource-2", NEVER, STOPS),
                exact(NODE, "eventsource-client", NEVER, STOPS),
                exact(NODE, "fetch-event-source", NEVER, STOPS),
                exact(NODE, "event-source-polyfill", NOTICES, ASKS_ON),
                exact(NODE, "eventsource-parser", NOTICES, STOPS),
                exact(NODE, "launchdarkly-eventsource", NOTICES, STOPS),
                exact(NODE, "extended-eventsource", NEVER, STOPS),
                exact(NODE, "reconnecting-eventsource", NEVER, ASKS_ON),
                exact(NODE, "fetch", NOTICES, STOPS),
                exact(JVM, "JdkClient", NEVER, STOPS),
                exact(JVM, "ApacheClient", NOTICES, STOPS),
                exact(JVM, "OkHttpSse", NOTICES, STOPS),
                exact(JVM, "OkHttpEventSource", NOTICES, ASKS_ON),
                new ClientRow(
                        "SpringWebClient", JVM, Verdict.exact(NOTICES, STOPS).altering(1)),
                exact(JVM, "JerseySse", NOTICES, STOPS),
                new ClientRow(
                        "MicronautSse", JVM, Verdict.exact(NOTICES, ASKS_ON).altering(5)),
                exact(JVM, "VertxClient", NOTICES, STOPS),
                exact(CURL, "curl", NOTICES, STOPS),
                exact(CHROMIUM, "event-source", NEVER, STOPS),
                exact(CHROMIUM, "events-gateway", NOTICES, STOPS),
                exact(CHROMIUM, "sse", NEVER, ASKS_ON),
                exact(FIREFOX, "event-source", NEVER, STOPS),
                exact(FIREFOX, "events-gateway", NOTICES, STOPS),
                exact(FIREFOX, "sse", NEVER, ASKS_ON));
    }

    private static ClientRow exact(Host host, String name, Silence silence, AfterEnd afterEnd) {
        return new ClientRow(name, host, Verdict.exact(silence, afterEnd));
    }

    /** The file with its code, below the folder of all clients. */
    Path source() {
        return switch (host) {
            case NODE -> Path.of("npm/clients", name + ".js");
            case JVM -> Path.of("jvm/src/main/java/clients", name + ".java");
            case CURL -> Path.of("curl/client.sh");
            case CHROMIUM, FIREFOX -> Path.of("browser/clients", name + ".js");
        };
    }

    /** What tells it from the other rows. */
    String id() {
        return host.name().toLowerCase(Locale.ROOT) + "/" + name;
    }
}
