package io.eventsgateway.config;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Durations and sizes as Spring Boot writes them. */
final class Quantities {

    private static final Pattern DURATION = Pattern.compile("([0-9]{1,15})(ms|s|m|h|)");
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,15})(B|KB|MB|GB|)", Pattern.CASE_INSENSITIVE);

    private Quantities() {}

    /**
     * A duration like {@code 500ms}, {@code 2s}, {@code 5m} or {@code PT2S}, a bare number being milliseconds; null for another
     * text.
     */
    static @Nullable Duration duration(String text) {
        Matcher simple = DURATION.matcher(text);
        try {
            if (!simple.matches()) {
                return Duration.parse(text);
            }
            long amount = Long.parseLong(simple.group(1));
            return switch (simple.group(2)) {
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                case "h" -> Duration.ofHours(amount);
                default -> Duration.ofMillis(amount);
            };
        } catch (DateTimeParseException | ArithmeticException notOne) {
            return null;
        }
    }

    /** A number of bytes like {@code 50MB}, which is 50 times 1024 times 1024, a bare number being bytes; -1 for another text. */
    static long bytes(String text) {
        Matcher size = SIZE.matcher(text);
        if (!size.matches()) {
            return -1;
        }
        long unit =
                switch (size.group(2).toUpperCase(Locale.ROOT)) {
                    case "KB" -> 1L << 10;
                    case "MB" -> 1L << 20;
                    case "GB" -> 1L << 30;
                    default -> 1;
                };
        try {
            return Math.multiplyExact(Long.parseLong(size.group(1)), unit);
        } catch (ArithmeticException tooLarge) {
            return Long.MAX_VALUE;
        }
    }
}
