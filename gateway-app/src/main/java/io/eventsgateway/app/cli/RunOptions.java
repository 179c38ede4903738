package io.eventsgateway.app.cli;

import io.eventsgateway.app.Gateway;
import io.eventsgateway.app.LogSettings;
import io.eventsgateway.config.Environment;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How to run the gateway: the options of {@code gateway run}, and of {@code gateway} without a command. */
public final class RunOptions {

    @Option(
            names = "--embedded",
            description =
                    "Needs no Kafka and no Redis: keeps events in memory, takes records by HTTP, plays a demo process, serves a "
                            + "page at / and lets everybody in.")
    private boolean embedded;

    @Mixin
    private EnvironmentOption settings = new EnvironmentOption();

    private volatile boolean failed;

    /** Runs the gateway until it is told to stop. */
    public int run() throws InterruptedException {
        LogSettings.toStandardOutput();
        Environment environment = settings.environment();
        Gateway gateway = embedded ? Gateway.embedded(environment) : Gateway.of(environment);
        LogSettings.apply(environment);
        CountDownLatch forEver = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(gateway), "stop"));
        try {
            gateway.start();
        } catch (RuntimeException | Error failure) {
            failed = true;
            throw failure;
        }
        if (embedded) {
            System.out.println("Open http://localhost:" + gateway.port() + "/ and watch events arrive; Ctrl-C stops.");
        }
        forEver.await();
        return 0;
    }

    /** Being told to stop is no failure, whatever the JVM makes of the signal. */
    private void stop(Gateway gateway) {
        gateway.close(failed ? "failed-start" : "signal");
        if (!failed) {
            Runtime.getRuntime().halt(0);
        }
    }
}
