package io.eventsgateway.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** What some processes and their children cost the machine. Any thread may ask. */
final class ProcessTree {

    private final List<ProcessHandle> roots;

    ProcessTree(Collection<ProcessHandle> roots) {
        this.roots = List.copyOf(roots);
    }

    /** User and system time so far, in microseconds. */
    double cpuMicros() {
        return all().map(each -> each.info().totalCpuDuration().orElse(Duration.ZERO))
                        .mapToLong(Duration::toNanos)
                        .sum()
                / 1_000.0;
    }

    /** Memory, shared pages by their share, in KB; not a number where the system has no /proc that says so. */
    double pssKilobytes() {
        return all().mapToDouble(each -> pss(each.pid())).sum();
    }

    private Stream<ProcessHandle> all() {
        return roots.stream().flatMap(root -> Stream.concat(Stream.of(root), root.descendants()));
    }

    private static double pss(long pid) {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "smaps_rollup"))) {
            return lines.filter(line -> line.startsWith("Pss:"))
                    .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElse(Double.NaN);
        } catch (IOException unknown) {
            return Double.NaN;
        }
    }
}
