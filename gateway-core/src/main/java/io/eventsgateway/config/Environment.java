package io.eventsgateway.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The variables that configure the gateway. Names are relaxed as with Spring Boot: case does not count, nor do underscores, hyphens
 * and dots. Immutable.
 */
public final class Environment {

    private final Map<String, Variable> variables = new TreeMap<>();

    private record Variable(String name, String value) {}

    /** The variables as they are given, for example by {@link System#getenv()}. */
    public Environment(Map<String, String> given) {
        new TreeMap<>(given).forEach((name, value) -> variables.put(canonical(name), new Variable(name, value)));
    }

    private static String canonical(String name) {
        return name.replaceAll("[_.-]", "").toUpperCase(Locale.ROOT);
    }

    /**
     * A setting's value, or its default.
     *
     * @throws ConfigurationException if the value is not allowed
     */
    public <T> T get(Setting<T> setting) {
        Variable variable = find(setting);
        String text = variable == null ? setting.fallback() : variable.value();
        T value = setting.parse(text);
        if (value == null) {
            throw new ConfigurationException(List.of(problem(setting, variable, text)));
        }
        return value;
    }

    /** Whether a setting has a value of its own. */
    public boolean has(Setting<?> setting) {
        return find(setting) != null;
    }

    /**
     * Checks all values at once.
     *
     * @throws ConfigurationException naming every one that is not allowed
     */
    public void check(Collection<? extends Setting<?>> settings) {
        List<String> problems = new ArrayList<>();
        for (Setting<?> setting : settings) {
            try {
                get(setting);
            } catch (ConfigurationException wrong) {
                problems.addAll(wrong.problems());
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
    }

    /** What works but should be told: a value under an older name that the documented one overrules. */
    public List<String> warnings(Collection<? extends Setting<?>> settings) {
        List<String> warnings = new ArrayList<>();
        for (Setting<?> setting : settings) {
            Variable used = find(setting);
            for (String older : setting.olderNames()) {
                Variable other = variables.get(canonical(older));
                if (used != null && other != null && !used.equals(other)) {
                    warnings.add(other.name() + " is not used: " + used.name() + " is set too and is its newer name");
                }
            }
        }
        return warnings;
    }

    /** The values of all variables whose name begins with a prefix, by the rest of their name in lower case with dots for underscores. */
    public Map<String, String> startingWith(String prefix) {
        Map<String, String> found = new TreeMap<>();
        variables.values().forEach(variable -> {
            if (variable.name().toUpperCase(Locale.ROOT).startsWith(prefix)) {
                String rest = variable.name().substring(prefix.length());
                found.put(rest.toLowerCase(Locale.ROOT).replace('_', '.'), variable.value());
            }
        });
        return found;
    }

    private @Nullable Variable find(Setting<?> setting) {
        Variable variable = usable(setting, setting.name());
        for (String older : setting.olderNames()) {
            variable = variable == null ? usable(setting, older) : variable;
        }
        return variable;
    }

    private @Nullable Variable usable(Setting<?> setting, String name) {
        Variable variable = variables.get(canonical(name));
        return variable == null || (variable.value().isBlank() && !setting.mayBeBlank()) ? null : variable;
    }

    private static String problem(Setting<?> setting, @Nullable Variable variable, String text) {
        String name = variable == null ? setting.name() : variable.name();
        String shown = setting.isSecret() ? "(secret)" : text;
        return name + "=" + shown + " is not valid: must be " + setting.rule();
    }
}
