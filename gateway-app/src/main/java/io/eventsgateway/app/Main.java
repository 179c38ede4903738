package io.eventsgateway.app;

import io.eventsgateway.app.cli.ConfigCommand;
import io.eventsgateway.app.cli.PublishCommand;
import io.eventsgateway.app.cli.RunCommand;
import io.eventsgateway.app.cli.TailCommand;
import io.eventsgateway.app.cli.TokenCommand;
import io.eventsgateway.app.manage.ManagementHandler;
import io.eventsgateway.config.ConfigurationException;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/**
 * The command line. Exit codes follow BSD's sysexits: 0, {@value #USAGE} for a wrong command line, {@value #UNAVAILABLE} for a
 * server that can't be reached, {@value #FAULT} for a fault of ours, {@value #CONFIGURATION} for a configuration that can't be used.
 */
@Command(
        name = "gateway",
        description = "Kafka in, history in Redis, Server-Sent Events out. Without a command it runs.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        subcommands = {
            RunCommand.class,
            ConfigCommand.class,
            PublishCommand.class,
            TailCommand.class,
            TokenCommand.class
        })
public final class Main {

    static final int USAGE = 64;
    static final int UNAVAILABLE = 69;
    static final int FAULT = 70;
    static final int CONFIGURATION = 78;

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
        boolean runs = args.length == 0 || args[0].equals("--embedded") || args[0].startsWith("--config");
        String[] command =
                runs ? Stream.concat(Stream.of("run"), Stream.of(args)).toArray(String[]::new) : args;
        return new CommandLine(new Main())
                .setExitCodeExceptionMapper(
                        failure -> failure instanceof ConfigurationException ? CONFIGURATION : FAULT)
                .setExecutionExceptionHandler(Main::tell)
                .setParameterExceptionHandler((wrong, arguments) -> {
                    wrong.getCommandLine().getErr().println(wrong.getMessage());
                    wrong.getCommandLine().usage(wrong.getCommandLine().getErr());
                    return USAGE;
                })
                .execute(command);
    }

    private static int tell(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
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
