package io.eventsgateway.benchmark;

import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs one module's benchmarks: takes JMH's arguments, with defaults for a run of some minutes, ends with 1 when a benchmark throws
 * and leaves the result in {@code target/jmh-result.json}. An expression that matches none is none of this module's.
 */
public final class JmhRun {

    private static final TimeValue ITERATION = TimeValue.seconds(1);

    private JmhRun() {}

    /** Takes the arguments of {@code org.openjdk.jmh.Main}. */
    public static void main(String... arguments) throws CommandLineOptionException {
        CommandLineOptions given = new CommandLineOptions(arguments);
        Options options = new OptionsBuilder()
                .parent(given)
                .forks(given.getForkCount().orElse(1))
                .warmupIterations(given.getWarmupIterations().orElse(3))
                .warmupTime(given.getWarmupTime().orElse(ITERATION))
                .measurementIterations(given.getMeasurementIterations().orElse(5))
                .measurementTime(given.getMeasurementTime().orElse(ITERATION))
                .shouldFailOnError(true)
                .resultFormat(ResultFormatType.JSON)
                .result("target/jmh-result.json")
                .build();
        try {
            new Runner(options).run();
        } catch (NoBenchmarksException none) {
            System.out.println("No benchmark here matches " + given.getIncludes());
        } catch (RunnerException failed) {
            failed.printStackTrace();
            // a benchmark that failed in this process may have left threads behind
            System.exit(1);
        }
    }
}
