package io.eventsgateway.config;

import java.io.File;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One environment variable: declared once, beside the code that reads it. A value of blanks is the empty text where that is
 * allowed, else it counts as not set. Immutable.
 *
 * @param <T> what its text means
 */
public final class Setting<T> {

    private final Traits traits;
    private final Function<Environment, String> fallback;
    private final String rule;
    private final Function<String, @Nullable T> parser;

    /** What does not depend on the meaning. */
    private record Traits(String name, List<String> olderNames, String doc, boolean secret, boolean ofGuide) {}

    private Setting(
            Traits traits, Function<Environment, String> fallback, String rule, Function<String, @Nullable T> parser) {
        this.traits = traits;
        this.fallback = fallback;
        this.rule = rule;
        this.parser = parser;
    }

    /** A setting whose parser gives null for a text that breaks the rule; texts come to it without blanks around. */
    public static <T> Setting<T> of(String name, String fallback, String rule, Function<String, @Nullable T> parser) {
        return new Setting<>(new Traits(name, List.of(), "", false, false), any -> fallback, rule, parser);
    }

    /** Any text, the empty one included. */
    public static Setting<String> text(String name, String fallback) {
        return of(name, fallback, "any text", Function.identity());
    }

    /** A text that matches a pattern as a whole. */
    public static Setting<String> text(String name, String fallback, String rule, Pattern pattern) {
        return of(name, fallback, rule, text -> pattern.matcher(text).matches() ? text : null);
    }

    /** A whole number within bounds. */
    public static Setting<Integer> number(String name, int fallback, int min, int max) {
        String rule = max == Integer.MAX_VALUE ? "a number, at least " + min : "a number from " + min + " to " + max;
        return of(name, Integer.toString(fallback), rule, text -> {
            try {
                int number = Integer.parseInt(text);
                boolean ascii = text.chars().allMatch(c -> c < 128);
                return !ascii || number < min || number > max ? null : number;
            } catch (NumberFormatException notOne) {
                return null;
            }
        });
    }

    /** A number of bytes within bounds, also as Spring Boot writes it: {@code 50MB} is 50 times 1024 times 1024. */
    public static Setting<Integer> bytes(String name, int fallback, int min, int max) {
        String rule = "a number of bytes from " + min + " to " + max + ", or a size like 50MB";
        return of(name, Integer.toString(fallback), rule, text -> {
            long amount = Quantities.bytes(text);
            return amount < min || amount > max ? null : (int) amount;
        });
    }

    /** A number of seconds, at least {@code min} and at most a day's. */
    public static Setting<Duration> seconds(String name, int fallback, int min) {
        return number(name, fallback, min, 86_400).map(Duration::ofSeconds);
    }

    /**
     * A duration of at most a day as Spring Boot writes it: {@code 500ms}, {@code 2s}, {@code 5m}, {@code PT2S}; a bare number is
     * milliseconds.
     */
    public static Setting<Duration> duration(String name, String fallback) {
        return of(name, fallback, "a duration like 500ms, 2s, 5m or PT2S, more than 0 and at most 24h", text -> {
            Duration duration = Quantities.duration(text);
            return duration == null
                            || duration.isZero()
                            || duration.isNegative()
                            || duration.compareTo(Duration.ofDays(1)) > 0
                    ? null
                    : duration;
        });
    }

    /** True or false, also as Spring Boot takes them: yes and no, on and off, 1 and 0. */
    public static Setting<Boolean> flag(String name, boolean fallback) {
        return of(name, Boolean.toString(fallback), "true or false", text -> switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on", "1" -> Boolean.TRUE;
            case "false", "no", "off", "0" -> Boolean.FALSE;
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

    /** A host without a port. */
    public static Setting<String> host(String name, String fallback) {
        return of(
                name,
                fallback,
                "a host's name or address, without a port",
                text -> HostAndPort.isHost(text.replaceAll("^\\[(.*)]$", "$1")) ? text : null);
    }

    /** A host without a port and without brackets, which may be left out. */
    public static Setting<String> optionalHost(String name) {
        return of(name, "", "a host's name or address, without a port, or empty", text -> {
            boolean bracketed = text.startsWith("[") && text.endsWith("]");
            String host = bracketed ? text.substring(1, text.length() - 1) : text;
            return host.isEmpty() || HostAndPort.isHost(host) ? host : null;
        });
    }

    /** Addresses, separated by commas; where a port may be left out, it is the assumed one. */
    public static Setting<List<HostAndPort>> servers(String name, String fallback, OptionalInt assumedPort) {
        boolean mayBeEmpty = fallback.isEmpty();
        String rule = "addresses like host1:9000,host2:9000,[2001:db8::1]:9000"
                + (assumedPort.isPresent() ? "; a port left out is " + assumedPort.getAsInt() : "");
        return of(name, fallback, rule, text -> {
            List<HostAndPort> all = HostAndPort.parseAll(text, assumedPort);
            return all == null || (all.isEmpty() && !mayBeEmpty) ? null : all;
        });
    }

    /** A file that can be read, also as {@code file:/path}; empty for none. */
    public static Setting<String> file(String name) {
        return of(name, "", "a file that can be read", text -> {
            String path = text.startsWith("file:") ? text.substring("file:".length()) : text;
            return path.isEmpty() || (new File(path).isFile() && new File(path).canRead()) ? path : null;
        });
    }

    /** A URL with http or https, with a host and without a query; empty where the fallback is. */
    public static Setting<String> url(String name, String fallback) {
        boolean mayBeEmpty = fallback.isEmpty();
        return of(
                name,
                fallback,
                "a URL like https://host/path",
                text -> isUrl(text) || (text.isEmpty() && mayBeEmpty) ? text : null);
    }

    /** Whether a text is a URL with http or https, with a host and without a query. */
    public static boolean isUrl(String text) {
        try {
            URI url = new URI(text);
            boolean web = "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
            return web && url.getHost() != null && url.getRawQuery() == null && url.getRawFragment() == null;
        } catch (URISyntaxException malformed) {
            return false;
        }
    }

    /** The same setting with another meaning of the same texts; null for one that is not allowed after all. */
    public <U> Setting<U> map(Function<T, @Nullable U> meaning) {
        return new Setting<>(traits, fallback, rule, text -> {
            T value = parser.apply(text);
            return value == null ? null : meaning.apply(value);
        });
    }

    /** The same setting, whose default depends on others. */
    public Setting<T> otherwise(Function<Environment, String> derived) {
        return new Setting<>(traits, derived, rule, parser);
    }

    /** The same setting with what an operator should know of it, units included. */
    public Setting<T> doc(String text) {
        return with(new Traits(traits.name, traits.olderNames, text, traits.secret, traits.ofGuide));
    }

    /** The same setting, read also under names it had before. */
    public Setting<T> formerly(String... names) {
        return with(new Traits(traits.name, List.of(names), traits.doc, traits.secret, traits.ofGuide));
    }

    /** The same setting, whose value is never shown. */
    public Setting<T> secret() {
        return with(new Traits(traits.name, traits.olderNames, traits.doc, true, traits.ofGuide));
    }

    /** The same setting, which the set-up guide of FlowX 5.9 documents. */
    public Setting<T> ofGuide() {
        return with(new Traits(traits.name, traits.olderNames, traits.doc, traits.secret, true));
    }

    private Setting<T> with(Traits others) {
        return new Setting<>(others, fallback, rule, parser);
    }

    /** The documented name. */
    public String name() {
        return traits.name;
    }

    /** The default where nothing is set, as an operator would write it. */
    public String fallback() {
        return fallback(Environment.EMPTY);
    }

    /** What is allowed, in words. */
    public String rule() {
        return rule;
    }

    /** What an operator should know of it. */
    public String doc() {
        return traits.doc;
    }

    /** Names it had before, the youngest first. */
    public List<String> olderNames() {
        return traits.olderNames;
    }

    /** Whether its value must not be shown. */
    public boolean isSecret() {
        return traits.secret;
    }

    /** Whether the set-up guide of FlowX 5.9 documents it. */
    public boolean isOfGuide() {
        return traits.ofGuide;
    }

    /** All names it is read under, the documented one first. */
    List<String> names() {
        return Stream.concat(Stream.of(traits.name), traits.olderNames.stream()).toList();
    }

    String fallback(Environment environment) {
        return fallback.apply(environment);
    }

    /** Whether a text is meant to be a value: a blank is not, where the empty text is not allowed. */
    boolean isMeant(String text) {
        return !text.isBlank() || parse(text) != null;
    }

    @Nullable
    T parse(String text) {
        return parser.apply(text.strip());
    }
}
