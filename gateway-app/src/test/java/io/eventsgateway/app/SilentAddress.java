package io.eventsgateway.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * An address of this machine that the network loses: nothing goes to it or comes from it, and nobody is notified of that. By iptables, as
 * root, in the network namespace of this process.
 */
final class SilentAddress {

    private SilentAddress() {}

    /** Silences an address while something happens, which is done by the thread that calls. */
    static void during(Runnable happens, String address) {
        rules("-I", address);
        try {
            happens.run();
        } finally {
            rules("-D", address);
        }
    }

    private static void rules(String change, String address) {
        for (String side : List.of("-s", "-d")) {
            run("iptables", "-w", change, "INPUT", side, address, "-j", "DROP");
        }
    }

    private static void run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(List.of(command) + ": " + output);
            }
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}
