package io.eventsgateway;

import java.time.Duration;

/** Rules about text that comes from outside. Any thread may call. */
public final class Text {

    private static final int LONGEST_IN_LOG = 1000;

    private Text() {}

    /** The same as {@link #forLog(String, int)}, cut to 1,000 characters. */
    public static String forLog(String text) {
        return forLog(text, LONGEST_IN_LOG);
    }

    /**
     * Foreign text as it may stand in a line of a log: cut to a length, with a {@code ?} for each character that could end the
     * line, begin another one or change how it is shown (control and format characters, line and paragraph separators, half
     * surrogate pairs).
     *
     * @param maxCharacters how much of the text to keep
     */
    public static String forLog(String text, int maxCharacters) {
        int end = Math.min(text.length(), maxCharacters);
        if (end < text.length() && end > 0 && Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        StringBuilder line = new StringBuilder(end + 32);
        text.substring(0, end).codePoints().forEach(c -> line.appendCodePoint(isPlain(Character.getType(c)) ? c : '?'));
        return end == text.length()
                ? line.toString()
                : line.append("... (")
                        .append(text.length())
                        .append(" characters)")
                        .toString();
    }

    /** A time in seconds as a line of a log has it, such as {@code 0.3s} or {@code 65.1s}; without a part where there is none. */
    public static String seconds(Duration time) {
        long tenths = (time.toMillis() + 50) / 100;
        return tenths / 10 + (tenths % 10 == 0 ? "" : "." + tenths % 10) + "s";
    }

    private static boolean isPlain(int type) {
        return switch (type) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    /** Whether the text has a character that no name or id may have: a control character or half of a surrogate pair. */
    public static boolean hasForbiddenCharacter(String text) {
        return text.codePoints().anyMatch(Character::isISOControl) || hasHalfSurrogatePair(text);
    }

    /** Whether the text has half of a surrogate pair, which has no form in UTF-8: two such texts would become one. */
    static boolean hasHalfSurrogatePair(String text) {
        return text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }
}
