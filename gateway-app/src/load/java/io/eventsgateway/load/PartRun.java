package io.eventsgateway.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Measures one part, in a process of its own: so every server meets publishers and clients that are as warm as another's. Used by one
 * thread.
 */
final class PartRun {

    private final Options options;
    private final Figures figures = new Figures();
    private final Backends backends;

    private PartRun(Options options, Backends backends) {
        this.options = options;
        this.backends = backends;
    }

    /** Measures the part that the argument names and writes its figures to standard output. */
    public static void main(String[] args) {
        PrintStream out = System.out;
        System.setOut(System.err);
        Options options = Options.ofProperties();
        try (Backends backends = Backends.given(options)) {
            PartRun run = new PartRun(options, backends);
            run.measure(Part.valueOf(args[0]));
            run.figures.lines().forEach(out::println);
        }
        System.exit(0);
    }

    /** Runs {@link #main} in another process and returns what it wrote. */
    static List<String> inProcess(Part part, Options options, Backends backends) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms400m",
                "-Xmx1500m",
                "-Xmn250m",
                "-XX:+UseSerialGC",
                "-Dlogback.configurationFile=" + System.getProperty("logback.configurationFile", ""),
                "-Dkafka.pids="
                        + backends.kafkaProcesses().stream()
                                .map(each -> Long.toString(each.pid()))
                                .collect(Collectors.joining(" "))));
        options.properties(backends).forEach((name, value) -> command.add("-D" + name + "=" + value));
        command.addAll(List.of("-cp", RawServer.classPath(), PartRun.class.getName(), part.name()));
        try {
            Process process = new ProcessBuilder(OwnSession.of(command))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            Thread end = new Thread(process::destroy);
            Runtime.getRuntime().addShutdownHook(end);
            try (BufferedReader written = process.inputReader()) {
                List<String> lines = written.lines().toList();
                if (process.waitFor() != 0) {
                    throw new IllegalStateException("could not measure " + part + ": see above");
                }
                return lines;
            } finally {
                Runtime.getRuntime().removeShutdownHook(end);
                process.destroy();
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private void measure(Part part) {
        switch (part) {
            case KAFKA_ALONE -> new LatencyCase(options, figures).kafkaAlone(backends);
            case UNDERTOW_IDLE -> {
                try (RawServer server = new RawServer()) {
                    new IdleCase(options, figures).measure(Load.UNDERTOW, server, null, null);
                }
            }
            case UNDERTOW -> {
                try (RawServer server = new RawServer()) {
                    start(Load.UNDERTOW, server, server.secondsToFirstStream(), Double.NaN);
                    load(Load.UNDERTOW, server, null);
                }
            }
            case GATEWAY_IDLE -> {
                try (Gateways server = new Gateways(backends, options.gateway(), 1, null)) {
                    new IdleCase(options, figures).measure(Load.GATEWAY, server, backends, null);
                }
            }
            case GATEWAY_IDLE_WITH_TOKENS -> {
                try (Tokens tokens = new Tokens();
                        Gateways server = new Gateways(backends, options.gateway(), 1, tokens)) {
                    new IdleCase(options, figures).measure(Load.GATEWAY, server, backends, tokens);
                }
            }
            case GATEWAY -> {
                try (Gateways server = new Gateways(backends, options.gateway(), 1, null)) {
                    start(Load.GATEWAY, server, server.secondsToFirstStream(), server.secondsToGroups());
                    load(Load.GATEWAY, server, backends);
                }
            }
            case GATEWAY_GROWTH -> new GrowthCase(options, figures, backends).measure();
        }
    }

    /** Case D: how soon a process serves, and what it needs before anybody comes. */
    private void start(String name, Server server, double secondsToFirstStream, double secondsToGroups) {
        if (options.cases().contains("D")) {
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(2));
            String table = "D: start";
            figures.add(table, name, "first stream s", secondsToFirstStream);
            figures.add(table, name, "all groups joined s", secondsToGroups);
            figures.add(table, name, "PSS idle MB", server.processes().pssKilobytes() / 1_024);
        }
    }

    private void load(String name, Server server, @Nullable Backends under) {
        if (options.cases().contains("A")) {
            new LatencyCase(options, figures).measure(name, server, under);
        }
        if (options.cases().contains("B")) {
            new BroadcastCase(options, figures).measure(name, server, under);
        }
    }
}
