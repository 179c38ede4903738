package io.eventsgateway.security;

import com.nimbusds.jose.util.JSONObjectUtils;
import io.eventsgateway.Text;
import io.eventsgateway.config.Environment;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Looks at what issuers of tokens publish, as the gateway does and as OpenID Connect has it. Any thread may call; no call waits. */
public final class IssuerExamination {

    private static final int MAX_BYTES = 512 * 1024;

    private final HttpClient http = Asking.client(HttpClient.Redirect.NORMAL);

    /**
     * The keys that an issuer publishes.
     *
     * @param problem why there are none, in words; empty where there are some
     * @param published how many there are
     * @param usable how many of them can be used to verify tokens
     * @param newest since when the newest of them is, as far as they have certificates
     * @param ahead by how much the issuer's clock is ahead of this one; null where it does not say
     */
    public record Keys(
            String problem,
            int published,
            int usable,
            @Nullable Instant newest,
            @Nullable Duration ahead) {}

    /**
     * What an issuer says of itself (OpenID Connect Discovery 1.0, section 3).
     *
     * @param problem why it does not, in words; empty where it does
     * @param issuer what its tokens have for their issuer
     */
    public record Discovery(String problem, String issuer) {}

    /** The issuers that can be named by the settings alone: those of the list, else the realm of the service accounts. */
    public static List<String> issuers(Environment environment) {
        if (!environment.get(SecuritySettings.ISSUERS).isEmpty()) {
            return List.copyOf(new TreeSet<>(environment.get(SecuritySettings.ISSUERS)));
        }
        String base = environment.get(SecuritySettings.BASE_URL);
        return base.isEmpty()
                ? List.of()
                : List.of(base.replaceAll("/+$", "") + "/realms/"
                        + environment.get(SecuritySettings.SERVICE_ACCOUNTS_REALM));
    }

    /** Where the gateway asks for the keys of an issuer. */
    public static URI certificates(String issuer) {
        return URI.create(issuer + "/protocol/openid-connect/certs");
    }

    /** Asks for the keys. */
    public CompletionStage<Keys> keys(String issuer) {
        return get(certificates(issuer)).handle((answer, failure) -> {
            if (answer == null) {
                return new Keys(why(failure), 0, 0, null, null);
            }
            Duration ahead = ahead(answer);
            if (answer.statusCode() != 200) {
                return new Keys("status " + answer.statusCode(), 0, 0, null, ahead);
            }
            try {
                KeySet usable = KeySet.parse(answer.body());
                Object published = object(answer.body()).get("keys");
                return new Keys(
                        "",
                        published instanceof List<?> list ? list.size() : 0,
                        usable.size(),
                        usable.since().stream().max(Comparator.naturalOrder()).orElse(null),
                        ahead);
            } catch (ParseException notKeys) {
                return new Keys("the answer is no set of keys (RFC 7517)", 0, 0, null, ahead);
            }
        });
    }

    /** Asks what it says of itself. */
    public CompletionStage<Discovery> discovery(String issuer) {
        return get(URI.create(issuer + "/.well-known/openid-configuration")).handle((answer, failure) -> {
            if (answer == null) {
                return new Discovery(why(failure), "");
            }
            if (answer.statusCode() != 200) {
                return new Discovery("status " + answer.statusCode(), "");
            }
            try {
                return new Discovery("", String.valueOf(object(answer.body()).get("issuer")));
            } catch (ParseException notJson) {
                return new Discovery("the answer is no JSON", "");
            }
        });
    }

    /** The keys themselves, for a token. */
    CompletionStage<KeySet> keySet(String issuer) {
        return get(certificates(issuer)).thenApply(answer -> {
            try {
                return KeySet.parse(answer.body());
            } catch (ParseException notKeys) {
                throw new CompletionException(notKeys);
            }
        });
    }

    private CompletionStage<HttpResponse<byte[]>> get(URI from) {
        return Asking.send(http, HttpRequest.newBuilder(from), BoundedBody.ofBytes(MAX_BYTES));
    }

    private static Map<String, Object> object(byte[] json) throws ParseException {
        Map<String, Object> object = JSONObjectUtils.parse(new String(json, StandardCharsets.UTF_8));
        if (object == null) {
            throw new ParseException("no object", 0);
        }
        return object;
    }

    private static String why(@Nullable Throwable failure) {
        if (failure == null) {
            return "no answer";
        }
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        // an unresolved name has no message
        for (Throwable each = cause; each != null; each = each.getCause()) {
            if (each instanceof UnresolvedAddressException) {
                return "the name can't be resolved";
            }
        }
        String message = cause.getMessage();
        return Text.forLog(cause.getClass().getSimpleName() + (message == null ? "" : ": " + message));
    }

    /** To the second, as the header has it (RFC 9110, section 6.6.1). */
    private static @Nullable Duration ahead(HttpResponse<?> answer) {
        String date = answer.headers().firstValue("Date").orElse("");
        try {
            Instant theirs = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date));
            return Duration.ofSeconds(theirs.getEpochSecond() - Instant.now().getEpochSecond());
        } catch (DateTimeParseException unknown) {
            return null;
        }
    }
}
