package io.eventsgateway.app.doctor;

import io.eventsgateway.config.ConfigurationException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs checks side by side, each with a limit of its own, so that a server that hangs hides nothing of the others. Used by one thread;
 * the checks run on daemon threads, and one that is given up is interrupted.
 */
final class Doctor {

    private record Running(Check check, FutureTask<List<Finding>> task, long until) {}

    private Doctor() {}

    /** Runs checks; their findings are in the order of the checks. */
    static List<Finding> examine(List<Check> checks) throws InterruptedException {
        List<Running> running = new ArrayList<>();
        for (Check check : checks) {
            running.add(start(check));
        }
        List<Finding> all = new ArrayList<>();
        try {
            for (Running each : running) {
                all.addAll(await(each));
            }
        } finally {
            running.forEach(each -> each.task().cancel(true));
        }
        return all;
    }

    private static Running start(Check check) {
        Callable<List<Finding>> look = check.look();
        FutureTask<List<Finding>> task = new FutureTask<>(look);
        Thread thread = new Thread(task, "doctor " + check.name());
        thread.setDaemon(true);
        thread.start();
        return new Running(check, task, System.nanoTime() + check.limit().toNanos());
    }

    private static List<Finding> await(Running running) throws InterruptedException {
        String name = running.check().name();
        try {
            return running.task().get(Math.max(0, running.until() - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException slow) {
            return List.of(Finding.fail(
                    name,
                    "no answer within " + running.check().limit().toSeconds() + " s",
                    "see whether the server hangs, or a firewall drops what is sent to it"));
        } catch (ExecutionException failed) {
            Throwable cause = failed.getCause();
            if (cause instanceof NotExamined why) {
                return List.of(Finding.skip(name, "not examined: " + why.getMessage()));
            }
            if (cause instanceof ConfigurationException) {
                return List.of(Finding.skip(name, "not examined: its settings are not valid"));
            }
            return List.of(
                    Finding.fail(name, "the check itself failed: " + cause, "report it as a fault of the gateway"));
        }
    }
}
