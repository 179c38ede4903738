package io.eventsgateway.app;

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

/** Finds variables that look like the gateway's and are not. */
final class Misspellings {

    /** What the gateway's variables begin with; what else begins so is taken for a mistake. */
    private static final List<String> PREFIXES = List.of(
            "EVENTS_", "KAFKA_", "SPRING_KAFKA_", "SPRING_DATA_REDIS_", "SPRING_REDIS_", "SECURITY_", "APPLICATION_");

    /** What is open-ended and checked elsewhere. */
    private static final String PROPERTIES = "SPRING_KAFKA_PROPERTIES_";

    /** What Kubernetes sets for a service that is called kafka or events-something. */
    private static final Pattern SERVICE_LINK = Pattern.compile(
            ".*_(SERVICE_(HOST|PORT)(_[A-Z0-9_]+)?|PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)");

    private Misspellings() {}

    static List<String> warnings(Environment environment) {
        List<String> known = AppSettings.ALL.stream()
                .flatMap(setting -> Stream.concat(Stream.of(setting.name()), setting.olderNames().stream()))
                .toList();
        Set<String> canonical = known.stream().map(Environment::canonical).collect(Collectors.toSet());
        List<String> warnings = new ArrayList<>();
        for (String name : environment.names()) {
            String upper = name.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_");
            if (PREFIXES.stream().anyMatch(upper::startsWith)
                    && !upper.startsWith(PROPERTIES)
                    && !canonical.contains(Environment.canonical(name))
                    && !SERVICE_LINK.matcher(upper).matches()) {
                warnings.add(name + " is not known; the nearest known name is " + nearest(name, known));
            }
        }
        return warnings;
    }

    private static String nearest(String name, List<String> known) {
        return known.stream()
                .min(Comparator.comparing(each -> LevenshteinDistance.getDefaultInstance()
                        .apply(Environment.canonical(name), Environment.canonical(each))))
                .orElseThrow();
    }
}
