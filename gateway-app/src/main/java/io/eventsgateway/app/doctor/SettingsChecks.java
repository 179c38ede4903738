package io.eventsgateway.app.doctor;

import io.eventsgateway.app.AppSettings;
import io.eventsgateway.app.Gateway;
import io.eventsgateway.app.HeapNeed;
import io.eventsgateway.config.ConfigurationException;
import io.eventsgateway.config.Environment;
import io.eventsgateway.undertow.SseSettings;
import java.util.ArrayList;
import java.util.List;

/** Looks at the settings and at what the process may use. Nobody is asked. Any thread may call. */
record SettingsChecks(Environment environment, long maxFiles, long maxHeap) {

    static final String SETTINGS = "settings";
    private static final String FILES = "open files";
    private static final String HEAP = "heap";

    List<Check> checks() {
        return List.of(Check.of(SETTINGS, this::settings), Check.of(FILES, this::files), Check.of(HEAP, this::heap));
    }

    private List<Finding> settings() {
        List<Finding> found = new ArrayList<>();
        try {
            Gateway.check(environment);
        } catch (ConfigurationException wrong) {
            wrong.problems()
                    .forEach(problem -> found.add(
                            Finding.fail(SETTINGS, problem, "the gateway does not start before this is changed")));
        }
        for (String warning : AppSettings.warnings(environment)) {
            found.add(Finding.warn(SETTINGS, warning, "docs/configuration.md has every name"));
        }
        return found.isEmpty() ? List.of(Finding.ok(SETTINGS, "all are valid")) : found;
    }

    private List<Finding> files() {
        String warning = Gateway.filesWarning(environment.get(SseSettings.MAX_OPEN), maxFiles);
        return List.of(
                warning == null
                        ? Finding.ok(FILES, "the limit is " + (maxFiles == Long.MAX_VALUE ? "not known" : maxFiles))
                        : Finding.warn(
                                FILES,
                                warning,
                                "raise the limit where the gateway is started: LimitNOFILE= of systemd, --ulimit of the container"));
    }

    private List<Finding> heap() {
        String warning = HeapNeed.warning(environment, maxHeap);
        return List.of(
                warning == null
                        ? Finding.ok(HEAP, maxHeap / 1024 / 1024 + " MB")
                        : Finding.warn(
                                HEAP,
                                warning,
                                "run doctor with the JVM options of the gateway, its own heap is compared"));
    }
}
