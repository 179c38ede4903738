package io.eventsgateway.app.manage;

import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Statistic;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.search.Search;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is measured, one name at a time, in the shape of Spring Boot's actuator. Any thread may call.
 *
 * @param registry what measures; lent
 */
record Metrics(MeterRegistry registry) {

    /** All names. */
    Map<String, ?> names() {
        return Map.of(
                "names",
                registry.getMeters().stream()
                        .map(meter -> meter.getId().getName())
                        .distinct()
                        .sorted()
                        .toList());
    }

    /**
     * All that is measured by a name, as one: sums, and of what is a maximum the largest.
     *
     * @param tags which of it, each as {@code key:value}
     * @return null where there is nothing
     * @throws IllegalArgumentException if a tag has no colon
     */
    @Nullable
    Map<String, ?> named(String name, Collection<String> tags) {
        Search search = registry.find(name);
        Map<String, TreeSet<String>> available = new TreeMap<>();
        for (String tag : tags) {
            int colon = tag.indexOf(':');
            if (colon < 1) {
                throw new IllegalArgumentException("A tag is key:value.");
            }
            search = search.tag(tag.substring(0, colon), tag.substring(colon + 1));
        }
        Collection<Meter> meters = search.meters();
        if (meters.isEmpty()) {
            return null;
        }
        Map<Statistic, Double> measured = new EnumMap<>(Statistic.class);
        for (Meter meter : meters) {
            for (Measurement each : meter.measure()) {
                measured.merge(
                        each.getStatistic(),
                        each.getValue(),
                        each.getStatistic() == Statistic.MAX ? Math::max : Double::sum);
            }
            for (Tag tag : meter.getId().getTags()) {
                if (!tags.contains(tag.getKey() + ":" + tag.getValue())) {
                    available
                            .computeIfAbsent(tag.getKey(), key -> new TreeSet<>())
                            .add(tag.getValue());
                }
            }
        }
        Meter.Id id = meters.iterator().next().getId();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("name", name);
        body.put("description", id.getDescription());
        body.put("baseUnit", id.getBaseUnit());
        body.put(
                "measurements",
                measured.entrySet().stream()
                        .map(each -> Map.of("statistic", each.getKey(), "value", each.getValue()))
                        .toList());
        body.put(
                "availableTags",
                available.entrySet().stream()
                        .map(each -> Map.of("tag", each.getKey(), "values", List.copyOf(each.getValue())))
                        .toList());
        return body;
    }
}
