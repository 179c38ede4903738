package io.eventsgateway.load;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Properties;
import java.util.stream.Stream;

/** What was measured, where, and how to measure it again; Markdown. */
final class Facts {

    private Facts() {}

    static String of(Options options, Backends backends) {
        return String.format(
                Locale.ROOT,
                """
                | | |
                |---|---|
                | machine | %d cores that everything shares: server, clients, Kafka, Redis; %s |
                | system | %s %s, %s |
                | Java | %s, of the clients and of the raw server |
                | Kafka | client %s, %s |
                | Redis | %s, %s |
                | gateway | `%s` |
                | measured | rounds: %d; cases %s; %d clients; events due in an open loop; median [least-most] of rounds |

                Latency is from when an event was due until a client had it. CPU is user and system time of all processes of the server,
                divided by the events that were delivered. Memory is PSS, which is only known where there is /proc (Linux); – is not known.""",
                Runtime.getRuntime().availableProcessors(),
                processor(),
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("os.arch"),
                System.getProperty("java.vm.name") + " " + System.getProperty("java.version"),
                kafkaVersion(),
                options.kafka().isEmpty() ? "a broker of the run's own" : options.kafka() + ", whose CPU is not known",
                backends.redisVersion(),
                options.redis().isEmpty() ? "a server of the run's own, without persistence" : options.redis(),
                options.gateway(),
                options.rounds(),
                String.join(", ", options.cases().stream().sorted().toList()),
                options.clients());
    }

    private static String kafkaVersion() {
        Properties properties = new Properties();
        try (InputStream in = Facts.class.getResourceAsStream("/kafka/kafka-version.properties")) {
            properties.load(in);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return properties.getProperty("version");
    }

    private static String processor() {
        try (Stream<String> lines = Files.lines(Path.of("/proc", "cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElse("processor unknown");
        } catch (IOException unknown) {
            return "processor unknown";
        }
    }
}
