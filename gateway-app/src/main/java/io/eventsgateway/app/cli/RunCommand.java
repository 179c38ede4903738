package io.eventsgateway.app.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs the gateway until it is told to stop. */
@Command(
        name = "run",
        description = "Runs the gateway; everything is configured by environment variables or a file.",
        mixinStandardHelpOptions = true)
public final class RunCommand implements Callable<Integer> {

    @Mixin
    private RunOptions options = new RunOptions();

    @Override
    public Integer call() throws InterruptedException {
        return options.run();
    }
}
