package io.eventsgateway.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** What tokens look like, before anything is made of them. One pass over the text, no regular expressions. Any thread may call. */
final class TokenForm {

    private TokenForm() {}

    /**
     * Whether the text is a signed token in its compact form: three parts of the base64url alphabet, none of them empty (RFC 7515,
     * section 7.1). Lenient decoders pass over other characters, which makes many spellings of one token.
     */
    static boolean isCompact(String text) {
        int parts = 1;
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '.') {
                if (length == 0) {
                    return false;
                }
                parts++;
                length = 0;
            } else if (isOfAlphabet(c)) {
                length++;
            } else {
                return false;
            }
        }
        return parts == 3 && length > 0;
    }

    /** Whether the text may stand behind {@code Bearer} in a header: a token68 (RFC 6750, section 2.1). */
    static boolean isBearer(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == '=') {
            end--;
        }
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (!isOfAlphabet(c) && c != '.' && c != '~' && c != '+' && c != '/') {
                return false;
            }
        }
        return end > 0;
    }

    /**
     * What tells one token from another however its signature is spelled: the SHA-256 of what is signed, issuer, subject and the token's
     * id with it; of a text without parts, of all of it.
     *
     * @param token empty for null
     */
    static String digest(@Nullable String token) {
        if (token == null) {
            return "";
        }
        int end = token.lastIndexOf('.');
        String signed = end < 0 ? token : token.substring(0, end);
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(signed.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static boolean isOfAlphabet(char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    }
}
