package io.eventsgateway.config;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The configuration is not usable. The message has every problem on a line of its own. */
public final class ConfigurationException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient List<String> problems;

    /**
     * A configuration with these problems, each one sentence that names variable, value and rule; secrets in URLs and PEM are
     * hidden.
     */
    public ConfigurationException(Collection<String> problems) {
        this(problems.stream().map(Secrets::hideInMessage).toList());
    }

    private ConfigurationException(List<String> shown) {
        super(String.join(System.lineSeparator(), shown));
        this.problems = shown;
    }

    /**
     * Makes every check, also those after one that failed.
     *
     * @throws ConfigurationException with what all of them found, each problem once
     */
    public static void throwAll(Collection<Runnable> checks) {
        Set<String> problems = new LinkedHashSet<>();
        for (Runnable check : checks) {
            try {
                check.run();
            } catch (ConfigurationException wrong) {
                problems.addAll(wrong.problems());
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
    }

    /** The problems, at least one. */
    public List<String> problems() {
        return problems;
    }
}
