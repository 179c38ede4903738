package io.eventsgateway.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The variables that configure the gateway, and where each value comes from. Names are relaxed as with Spring Boot: case does not
 * count, nor do underscores, hyphens and dots. Immutable.
 */
public final class Environment {

    /** Where nothing is set. */
    public static final Environment EMPTY = new Environment(List.of());

    private static final String VARIABLES = "environment";

    private final List<Layer> layers;

    /** Variables of one origin, by their canonical names; several where one name is spelt in several ways. */
    private record Layer(String origin, Map<String, List<Variable>> variables) {

        static Layer of(String origin, Map<String, String> given) {
            Map<String, List<Variable>> variables = new TreeMap<>();
            new TreeMap<>(given).forEach((name, value) -> variables
                    .computeIfAbsent(canonical(name), key -> new ArrayList<>())
                    .add(new Variable(name, value, origin)));
            return new Layer(origin, variables);
        }

        /** The one that is spelt as documented, else the first. */
        @Nullable
        Variable find(String name) {
            List<Variable> spellings = variables.getOrDefault(canonical(name), List.of());
            return spellings.stream()
                    .filter(each -> each.name().equals(name))
                    .findFirst()
                    .orElse(spellings.isEmpty() ? null : spellings.get(0));
        }
    }

    private record Variable(String name, String value, String origin) {}

    /**
     * A setting's value as an operator would write it.
     *
     * @param text the value; stars in place of a secret
     * @param origin where it comes from: {@code default}, {@code variable}, {@code older name OLD_NAME}, and the file if it is one
     */
    public record Explained(String text, String origin) {}

    private Environment(List<Layer> layers) {
        this.layers = layers;
    }

    /** The variables as they are given, for example by {@link System#getenv()}. */
    public Environment(Map<String, String> given) {
        this(VARIABLES, given);
    }

    /** Variables of another origin, for example a file, by a word for people. */
    public Environment(String origin, Map<String, String> given) {
        this(List.of(Layer.of(origin, given)));
    }

    /** These, and where they set nothing the others. */
    public Environment orElse(Environment others) {
        return new Environment(
                Stream.concat(layers.stream(), others.layers.stream()).toList());
    }

    /** A name without what does not count in it: two that are one have the same. */
    public static String canonical(String name) {
        return name.replaceAll("[_.-]", "").toUpperCase(Locale.ROOT);
    }

    /**
     * A setting's value, or its default.
     *
     * @throws ConfigurationException if the value is not allowed
     */
    public <T> T get(Setting<T> setting) {
        Variable variable = find(setting);
        String text = variable == null ? setting.fallback(this) : variable.value();
        T value = setting.parse(text);
        if (value == null) {
            throw new ConfigurationException(List.of(problem(setting, variable, text)));
        }
        return value;
    }

    /** A setting's value for people, without secrets, and where it comes from. Wrong values are shown too. */
    public Explained explain(Setting<?> setting) {
        Variable variable = find(setting);
        String text =
                variable == null ? setting.fallback(this) : variable.value().strip();
        String origin = variable == null ? "default" : origin(setting, variable);
        return new Explained(setting.isSecret() && !text.isEmpty() ? Secrets.STARS : Secrets.hideInValue(text), origin);
    }

    /** Whether a setting's value has what the JVM makes of bytes that its locale has no characters for. */
    public boolean isGarbled(Setting<?> setting) {
        Variable variable = find(setting);
        return variable != null && variable.value().indexOf('\uFFFD') >= 0;
    }

    private static String origin(Setting<?> setting, Variable variable) {
        boolean older = !canonical(variable.name()).equals(canonical(setting.name()));
        return (older ? "older name " + variable.name() : "variable")
                + (variable.origin().equals(VARIABLES) ? "" : " in " + variable.origin());
    }

    /**
     * Checks all values at once.
     *
     * @throws ConfigurationException naming every one that is not allowed
     */
    public void check(Collection<? extends Setting<?>> settings) {
        ConfigurationException.throwAll(
                settings.stream().map(setting -> (Runnable) () -> get(setting)).toList());
    }

    /**
     * Checks that nothing is set which is not supported any more.
     *
     * @throws ConfigurationException naming every one that is, and what replaced it
     */
    public void refuse(Collection<RemovedSetting> removed) {
        List<String> problems = new ArrayList<>();
        for (Variable variable : variables()) {
            removed.stream()
                    .filter(each -> each.covers(variable.name()))
                    .findFirst()
                    .ifPresent(each -> problems.add(variable.name() + " is not supported any more: " + each.instead()));
        }
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
    }

    /** What works, but deserves a warning: a value under a name that another one overrules. */
    public List<String> warnings(Collection<? extends Setting<?>> settings) {
        List<String> warnings = new ArrayList<>();
        for (Setting<?> setting : settings) {
            Variable used = find(setting);
            if (used != null) {
                for (Variable other : all(setting)) {
                    if (other.origin().equals(used.origin()) && !other.equals(used)) {
                        warnings.add(other.name() + " is not used: " + used.name() + " is set too"
                                + (used.value().equals(other.value()) ? "" : ", to another value"));
                    }
                }
            }
        }
        return warnings;
    }

    /** The names of all variables as they are given. */
    public List<String> names() {
        return variables().stream().map(Variable::name).distinct().toList();
    }

    /**
     * The values of all variables whose name begins with a prefix, by the rest of their name in lower case with dots for
     * underscores.
     */
    public Map<String, String> startingWith(String prefix) {
        Map<String, String> found = new TreeMap<>();
        for (Variable variable : variables()) {
            String name = variable.name().toUpperCase(Locale.ROOT).replaceAll("[.-]", "_");
            if (name.startsWith(prefix) && name.length() > prefix.length()) {
                String rest = name.substring(prefix.length()).toLowerCase(Locale.ROOT);
                found.putIfAbsent(rest.replace('_', '.'), variable.value());
            }
        }
        return found;
    }

    private List<Variable> variables() {
        return layers.stream()
                .flatMap(layer -> layer.variables().values().stream())
                .flatMap(List::stream)
                .toList();
    }

    private @Nullable Variable find(Setting<?> setting) {
        for (Layer layer : layers) {
            for (String name : setting.names()) {
                Variable variable = layer.find(name);
                if (variable != null && setting.isMeant(variable.value())) {
                    return variable;
                }
            }
        }
        return null;
    }

    private List<Variable> all(Setting<?> setting) {
        List<String> names =
                setting.names().stream().map(Environment::canonical).distinct().toList();
        return layers.stream()
                .flatMap(layer ->
                        names.stream().flatMap(name -> layer.variables().getOrDefault(name, List.of()).stream()))
                .toList();
    }

    private static String problem(Setting<?> setting, @Nullable Variable variable, String text) {
        String name = variable == null ? setting.name() : variable.name();
        String shown = setting.isSecret() ? "(secret)" : Secrets.hideInValue(text);
        return name + "=" + shown + " is not valid: must be " + setting.rule();
    }
}
