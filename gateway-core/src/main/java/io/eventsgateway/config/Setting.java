package io.eventsgateway.config;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One environment variable: declared once, beside the code that reads it. Immutable.
 *
 * @param <T> what its text means
 */
public final class Setting<T> {

    private static final Pattern SIMPLE_DURATION = Pattern.compile("([0-9]{1,15})(ms|s|m|h|)");

    private final String name;
    private final String fallback;
    private final String rule;
    private final Function<String, @Nullable T> parser;
    private final boolean mayBeBlank;
    private final String doc;
    private final List<String> olderNames;
    private final boolean secret;

    private Setting(
            String name,
            String fallback,
            String rule,
            Function<String, @Nullable T> parser,
            boolean mayBeBlank,
            String doc,
            List<String> olderNames,
            boolean secret) {
        this.name = name;
        this.fallback = fallback;
        this.rule = rule;
        this.parser = parser;
        this.mayBeBlank = mayBeBlank;
        this.doc = doc;
        this.olderNames = olderNames;
        this.secret = secret;
    }

    /** A setting whose parser gives null for a text that breaks the rule. */
    public static <T> Setting<T> of(String name, String fallback, String rule, Function<String, @Nullable T> parser) {
        return new Setting<>(name, fallback, rule, parser, false, "", List.of(), false);
    }

    /** A text; where it is set to blanks, it is empty. */
    public static Setting<String> text(String name, String fallback) {
        return new Setting<>(name, fallback, "any text", String::strip, true, "", List.of(), false);
    }

    /** A whole number within bounds. */
    public static Setting<Integer> number(String name, int fallback, int min, int max) {
        String rule = max == Integer.MAX_VALUE ? "a number, at least " + min : "a number from " + min + " to " + max;
        return of(name, Integer.toString(fallback), rule, text -> {
            try {
                int number = Integer.parseInt(text);
                return number < min || number > max ? null : number;
            } catch (NumberFormatException notOne) {
                return null;
            }
        });
    }

    /** A number of seconds, at least {@code min}. */
    public static Setting<Duration> seconds(String name, int fallback, int min) {
        return number(name, fallback, min, Integer.MAX_VALUE).map(Duration::ofSeconds);
    }

    /** A duration as Spring Boot writes it: {@code 500ms}, {@code 2s}, {@code 5m}, {@code PT2S}; a bare number is milliseconds. */
    public static Setting<Duration> duration(String name, String fallback) {
        return of(name, fallback, "a duration like 500ms, 2s, 5m or PT2S, more than 0", Setting::parseDuration);
    }

    private static @Nullable Duration parseDuration(String text) {
        Matcher simple = SIMPLE_DURATION.matcher(text);
        try {
            Duration duration;
            if (simple.matches()) {
                long amount = Long.parseLong(simple.group(1));
                duration = switch (simple.group(2)) {
                    case "s" -> Duration.ofSeconds(amount);
                    case "m" -> Duration.ofMinutes(amount);
                    case "h" -> Duration.ofHours(amount);
                    default -> Duration.ofMillis(amount);
                };
            } else {
                duration = Duration.parse(text);
            }
            return duration.isZero() || duration.isNegative() ? null : duration;
        } catch (DateTimeParseException | NumberFormatException | ArithmeticException notOne) {
            return null;
        }
    }

    /** True or false. */
    public static Setting<Boolean> flag(String name, boolean fallback) {
        return of(name, Boolean.toString(fallback), "true or false", text -> switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> Boolean.TRUE;
            case "false" -> Boolean.FALSE;
            default -> null;
        });
    }

    /** One of an enum's constants, written in lower case with {@code -} for {@code _}. */
    public static <E extends Enum<E>> Setting<E> choice(String name, E fallback) {
        List<E> all = Arrays.asList(fallback.getDeclaringClass().getEnumConstants());
        String rule = "one of " + all.stream().map(Setting::label).collect(Collectors.joining(", "));
        return of(name, label(fallback), rule, text -> all.stream()
                .filter(each -> label(each).equals(text.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElse(null));
    }

    private static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The same setting with another meaning of the same texts. */
    public <U> Setting<U> map(Function<T, @Nullable U> meaning) {
        return new Setting<>(
                name,
                fallback,
                rule,
                text -> {
                    T value = parser.apply(text);
                    return value == null ? null : meaning.apply(value);
                },
                mayBeBlank,
                doc,
                olderNames,
                secret);
    }

    /** The same setting with what an operator should know of it, units included. */
    public Setting<T> doc(String text) {
        return new Setting<>(name, fallback, rule, parser, mayBeBlank, text, olderNames, secret);
    }

    /** The same setting, read also under names it had before. */
    public Setting<T> formerly(String... names) {
        return new Setting<>(name, fallback, rule, parser, mayBeBlank, doc, List.of(names), secret);
    }

    /** The same setting, whose value is never shown. */
    public Setting<T> secret() {
        return new Setting<>(name, fallback, rule, parser, mayBeBlank, doc, olderNames, true);
    }

    /** The documented name. */
    public String name() {
        return name;
    }

    /** The default as an operator would write it. */
    public String fallback() {
        return fallback;
    }

    /** What is allowed, in words. */
    public String rule() {
        return rule;
    }

    /** What an operator should know of it. */
    public String doc() {
        return doc;
    }

    /** Names it had before, the youngest first. */
    public List<String> olderNames() {
        return olderNames;
    }

    /** Whether its value must not be shown. */
    public boolean isSecret() {
        return secret;
    }

    boolean mayBeBlank() {
        return mayBeBlank;
    }

    @Nullable
    T parse(String text) {
        return parser.apply(text.strip());
    }
}
