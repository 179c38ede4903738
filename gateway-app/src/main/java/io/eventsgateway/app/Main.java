package io.eventsgateway.app;

import io.eventsgateway.app.cli.ConfigCommand;
import io.eventsgateway.app.cli.DeadLettersCommand;
import io.eventsgateway.app.cli.DoctorCommand;
import io.eventsgateway.app.cli.HealthCommand;
import io.eventsgateway.app.cli.PublishCommand;
import io.eventsgateway.app.cli.RunCommand;
import io.eventsgateway.app.cli.RunOptions;
import io.eventsgateway.app.cli.StreamsCommand;
import io.eventsgateway.app.cli.TailCommand;
import io.eventsgateway.app.cli.TokenCommand;
import io.eventsgateway.app.cli.TopCommand;
import io.eventsgateway.app.cli.TraceCommand;
import io.eventsgateway.app.manage.ManagementHandler;
import io.eventsgateway.config.ConfigurationException;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/**
 * The command line. Exit codes follow BSD's sysexits: 0, {@value #USAGE} for a wrong command line, {@value #UNAVAILABLE} for a
 * server that can't be reached, or a fail that doctor found, {@value #FAULT} for a fault of ours, {@value #CONFIGURATION} for a
 * configuration that can't be used.
 */
@Command(
        name = "gateway",
        description = "Kafka in, history in Redis, Server-Sent Events out. Without a command it runs.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        subcommands = {
            RunCommand.class,
            ConfigCommand.class,
            HealthCommand.class,
            DoctorCommand.class,
            PublishCommand.class,
            TailCommand.class,
            StreamsCommand.class,
            TopCommand.class,
            TraceCommand.class,
            DeadLettersCommand.class,
            TokenCommand.class
        })
public final class Main implements Callable<Integer> {

    static final int USAGE = 64;
    static final int UNAVAILABLE = 69;
    static final int FAULT = 70;
    static final int CONFIGURATION = 78;

    @Mixin
    private RunOptions options = new RunOptions();

    @Override
    public Integer call() throws InterruptedException {
        return options.run();
    }

    /** Runs a command and exits with its code. */
    public static void main(String[] args) {
        int code;
        try {
            code = execute(args);
        } catch (Error fault) {
            fault.printStackTrace();
            code = FAULT;
        }
        // also the threads that were started before a fault
        System.exit(code);
    }

    static int execute(String... args) {
        return new CommandLine(new Main())
                .setExitCodeExceptionMapper(
                        failure -> failure instanceof ConfigurationException ? CONFIGURATION : FAULT)
                .setExecutionExceptionHandler(Main::report)
                .setParameterExceptionHandler((wrong, arguments) -> {
                    wrong.getCommandLine().getErr().println(wrong.getMessage());
                    wrong.getCommandLine().usage(wrong.getCommandLine().getErr());
                    return USAGE;
                })
                .setExecutionStrategy(Main::run)
                .execute(args);
    }

    /** Runs the command, which would not get an option that stands before it. */
    private static int run(ParseResult parsed) {
        for (OptionSpec option : parsed.matchedOptions()) {
            if (parsed.hasSubcommand() && !option.usageHelp() && !option.versionHelp()) {
                CommandLine command = parsed.subcommand().commandSpec().commandLine();
                throw new ParameterException(
                        command, option.longestName() + " must stand behind the command " + command.getCommandName());
            }
        }
        return new RunLast().execute(parsed);
    }

    private static int report(Exception failure, CommandLine command, ParseResult parsed) {
        if (failure instanceof ConfigurationException configuration) {
            configuration.problems().forEach(command.getErr()::println);
            return CONFIGURATION;
        }
        if (failure instanceof IOException || failure instanceof ExecutionException) {
            command.getErr().println("Can't be done: " + failure);
            return UNAVAILABLE;
        }
        failure.printStackTrace(command.getErr());
        return FAULT;
    }

    /** The version as the jar says it. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"Events Gateway " + ManagementHandler.version()};
        }
    }
}
