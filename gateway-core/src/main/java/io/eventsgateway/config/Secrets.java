package io.eventsgateway.config;

/** Takes what nobody should read out of text for people. Linear in the text's length; any thread may call. */
public final class Secrets {

    /** What stands in place of a secret. */
    public static final String STARS = "*****";

    private static final String PEM = "-----BEGIN";
    private static final String PEM_END = "-----END";
    private static final String AUTHORITY = "://";

    private Secrets() {}

    /**
     * A value as an operator wrote it, without the user information of its URLs, also of one whose scheme was forgotten; stars for
     * a value that is PEM.
     */
    public static String hideInValue(String value) {
        if (value.contains(PEM)) {
            return STARS;
        }
        int scheme = value.indexOf(AUTHORITY);
        String first = scheme < 0 ? value : value.substring(0, scheme);
        int at = first.lastIndexOf('@');
        if (at > 0 && first.lastIndexOf(':', at) >= 0) {
            return STARS + hideInValue(value.substring(at));
        }
        return hide(value, false);
    }

    /**
     * A message without the user information of the URLs in it, as far as they have no blanks or quotes; nothing behind the
     * beginning of PEM.
     */
    public static String hideInMessage(String message) {
        int pem = message.indexOf(PEM);
        return hide(pem < 0 ? message : message.substring(0, pem) + STARS, true);
    }

    /**
     * Lines of a log without the user information of the URLs in them, as above, and without what stands between the beginning and
     * the end of PEM, or the end of the line or of a quoted text.
     */
    public static String hideInLog(String lines) {
        int pem = lines.indexOf(PEM);
        if (pem < 0) {
            return hide(lines, true);
        }
        StringBuilder shown = new StringBuilder(lines.length());
        int from = 0;
        for (; pem >= 0; pem = lines.indexOf(PEM, from)) {
            shown.append(lines, from, pem).append(STARS);
            from = endOfPem(lines, pem);
        }
        return hide(shown.append(lines, from, lines.length()).toString(), true);
    }

    private static int endOfPem(String lines, int pem) {
        int end = lines.indexOf(PEM_END, pem);
        if (end >= 0) {
            return end;
        }
        for (int i = pem; i < lines.length(); i++) {
            if (lines.charAt(i) == '"' || lines.charAt(i) == '\n') {
                return i;
            }
        }
        return lines.length();
    }

    /** Stars from each {@code ://} to the last {@code @} before the next one: a password may have any character. */
    private static String hide(String text, boolean endsAtBlank) {
        int slashes = text.indexOf(AUTHORITY);
        if (slashes < 0 || text.indexOf('@', slashes) < 0) {
            return text;
        }
        StringBuilder shown = new StringBuilder(text.length()).append(text, 0, slashes);
        while (slashes >= 0) {
            int from = slashes + AUTHORITY.length();
            int next = text.indexOf(AUTHORITY, from);
            int end = next < 0 ? text.length() : next;
            int at = lastAt(text, from, end, endsAtBlank);
            shown.append(AUTHORITY).append(at < 0 ? "" : STARS).append(text, at < 0 ? from : at, end);
            slashes = next;
        }
        return shown.toString();
    }

    private static int lastAt(String text, int from, int to, boolean endsAtBlank) {
        int last = -1;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (endsAtBlank && (Character.isWhitespace(c) || c == '"' || c == '\'')) {
                break;
            }
            if (c == '@') {
                last = i;
            }
        }
        return last;
    }
}
