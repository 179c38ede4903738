package io.eventsgateway.app;

import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.eventsgateway.config.Secrets;
import java.nio.charset.StandardCharsets;

/**
 * Log lines for collectors: one JSON object each, in which every control character is escaped, those beyond ASCII too. Without user
 * information in URLs and without PEM.
 */
final class JsonLines extends JsonEncoder {

    JsonLines() {
        setWithContext(false);
        setWithSequenceNumber(false);
        setWithNanoseconds(false);
        setWithMessage(false);
        setWithArguments(false);
        setWithFormattedMessage(true);
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        String line = plainSlashes(new String(super.encode(event), StandardCharsets.UTF_8).stripTrailing());
        return line(Secrets.hideInLog(line));
    }

    /** A line of JSON with the escapes of what JSON need not escape, and its end. */
    static byte[] line(String json) {
        StringBuilder escaped = new StringBuilder(json.length() + 16);
        json.chars().forEach(c -> {
            if (isForbidden(c)) {
                escaped.append("\\u%04x".formatted(c));
            } else {
                escaped.append((char) c);
            }
        });
        return escaped.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The same JSON without the escapes that slashes do not need, so that URLs are found in it. */
    private static String plainSlashes(String json) {
        StringBuilder plain = new StringBuilder(json.length());
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (c == '\\' && i + 1 < json.length()) {
                i++;
                plain.append(json.charAt(i) == '/' ? "" : "\\");
            }
            plain.append(json.charAt(i));
        }
        return plain.toString();
    }

    private static boolean isForbidden(int c) {
        return Character.isISOControl(c)
                || c == '\u2028'
                || c == '\u2029'
                || (c >= '\u202a' && c <= '\u202e')
                || (c >= '\u2066' && c <= '\u2069');
    }
}
