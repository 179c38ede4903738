package io.eventsgateway.app;

import io.eventsgateway.config.ConfigurationException;
import io.eventsgateway.config.Environment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.jspecify.annotations.Nullable;

/** Finds variables that look like the gateway's and are not. */
final class Misspellings {

    /** What the gateway's variables begin with; what else begins so is taken for a mistake. */
    private static final List<String> PREFIXES = List.of(
            "EVENTS_",
            "KAFKA_",
            "SPRING_KAFKA_",
            "SPRING_DATA_REDIS_",
            "SPRING_REDIS_",
            "SECURITY_",
            "APPLICATION_",
            "LOGGING_");

    /** What is open-ended and checked elsewhere. */
    private static final String PROPERTIES = "SPRING_KAFKA_PROPERTIES_";

    /** What Kubernetes sets for a service that is called kafka or events-something. */
    private static final Pattern SERVICE_LINK = Pattern.compile(
            ".*_(SERVICE_(HOST|PORT)(_[A-Z0-9_]+)?|PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)");

    /** Names of other software for {@code KAFKA_BOOTSTRAP_SERVERS}, which differ too much from it to be found near. */
    private static final Set<String> BROKERS =
            Set.of("KAFKABROKERS", "KAFKABROKERLIST", "KAFKASERVERS", "KAFKAHOST", "KAFKAURL");

    /** How many letters a name may differ by from what it is taken for. */
    private static final int NEAR = 2;

    /**
     * What TLS is configured by.
     *
     * @param prefixes what names begin with by which somebody means to configure it
     * @param instead the names that do
     */
    private record Tls(List<String> prefixes, String instead) {}

    private static final List<Tls> TLS = List.of(
            new Tls(
                    List.of("SPRING_DATA_REDIS_SSL", "SPRING_DATA_REDIS_TLS", "SPRING_REDIS_SSL", "SPRING_REDIS_TLS"),
                    "SPRING_DATA_REDIS_SSL_ENABLED=true, or SPRING_DATA_REDIS_SSL_BUNDLE"),
            new Tls(
                    List.of("SPRING_KAFKA_SSL", "SPRING_KAFKA_TLS", "KAFKA_SSL", "KAFKA_TLS"),
                    "KAFKA_SECURITY_PROTOCOL=SSL or SASL_SSL, and SPRING_KAFKA_SSL_BUNDLE or the stores that the reference lists"),
            new Tls(
                    List.of("SERVER_SSL", "SERVER_TLS"),
                    "SERVER_SSL_CERTIFICATE and SERVER_SSL_CERTIFICATE_PRIVATE_KEY, SERVER_SSL_BUNDLE or SERVER_SSL_KEY_STORE"),
            new Tls(
                    List.of("MANAGEMENT_SERVER_SSL", "MANAGEMENT_SERVER_TLS"),
                    "MANAGEMENT_SERVER_SSL_CERTIFICATE and MANAGEMENT_SERVER_SSL_CERTIFICATE_PRIVATE_KEY, MANAGEMENT_SERVER_SSL_BUNDLE or "
                            + "MANAGEMENT_SERVER_SSL_KEY_STORE"));

    private Misspellings() {}

    /**
     * Refuses names that are meant to configure TLS and do not: to ignore one may mean to send passwords in the clear.
     *
     * @throws ConfigurationException naming every one, and what does configure it
     */
    static void refuse(Environment environment) {
        Set<String> canonical = canonical();
        List<String> problems = new ArrayList<>();
        for (String name : environment.names()) {
            Tls meant = isUnknown(name, canonical) ? tls(name) : null;
            if (meant != null) {
                problems.add(name + " is not known: TLS is configured by " + meant.instead());
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
    }

    private static @Nullable Tls tls(String name) {
        String upper = upper(name);
        return TLS.stream()
                .filter(each -> each.prefixes().stream()
                        .anyMatch(prefix -> upper.equals(prefix) || upper.startsWith(prefix + "_")))
                .findFirst()
                .orElse(null);
    }

    private static boolean isUnknown(String name, Set<String> canonical) {
        return !canonical.contains(Environment.canonical(name))
                && !SERVICE_LINK.matcher(upper(name)).matches();
    }

    /** What is not known and does not stop the start. */
    static List<String> warnings(Environment environment) {
        Set<String> canonical = canonical();
        List<String> warnings = new ArrayList<>();
        for (String name : environment.names()) {
            String upper = upper(name);
            if (PREFIXES.stream().anyMatch(upper::startsWith)
                    && !upper.startsWith(PROPERTIES)
                    && !upper.startsWith(LogLevels.PREFIX)
                    && isUnknown(name, canonical)
                    && tls(name) == null
                    && AppSettings.REMOVED.stream().noneMatch(each -> each.covers(name))) {
                String near = BROKERS.contains(Environment.canonical(name)) ? "KAFKA_BOOTSTRAP_SERVERS" : nearest(name);
                warnings.add(name + " is not known" + (near == null ? "" : "; the nearest known name is " + near));
            }
        }
        return warnings;
    }

    private static List<String> known() {
        return AppSettings.ALL.stream()
                .flatMap(setting -> Stream.concat(Stream.of(setting.name()), setting.olderNames().stream()))
                .toList();
    }

    private static Set<String> canonical() {
        return known().stream().map(Environment::canonical).collect(Collectors.toSet());
    }

    private static String upper(String name) {
        return name.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_");
    }

    /** The one that differs in a letter or two; null where none does. */
    static @Nullable String nearest(String name) {
        LevenshteinDistance distance = new LevenshteinDistance(NEAR);
        String given = Environment.canonical(name);
        return known().stream()
                .filter(each -> distance.apply(given, Environment.canonical(each)) >= 0)
                .min(Comparator.comparing(each -> distance.apply(given, Environment.canonical(each))))
                .orElse(null);
    }
}
