package io.eventsgateway.kafka;

/** Makes text of others fit for a line of the log, for health and for a header: no control characters, and not without end. */
final class LogText {

    private static final int LONGEST = 1000;

    private LogText() {}

    static String of(String text) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < text.length() && i < LONGEST; i++) {
            char c = text.charAt(i);
            boolean breaks = Character.isISOControl(c) || c == '\u2028' || c == '\u2029';
            line.append(breaks ? ' ' : c);
        }
        return text.length() > LONGEST ? line.append('…').toString() : line.toString();
    }
}
