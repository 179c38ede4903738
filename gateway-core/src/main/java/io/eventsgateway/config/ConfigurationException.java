package io.eventsgateway.config;

import java.util.List;

/** The configuration is not usable. The message has every problem on a line of its own. */
public final class ConfigurationException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient List<String> problems;

    /** A configuration with these problems, each one sentence that names variable, value and rule. */
    public ConfigurationException(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
        this.problems = List.copyOf(problems);
    }

    /** The problems, at least one. */
    public List<String> problems() {
        return problems;
    }
}
