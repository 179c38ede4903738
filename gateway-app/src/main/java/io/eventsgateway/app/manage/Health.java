package io.eventsgateway.app.manage;

import io.eventsgateway.config.Secrets;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How the gateway is doing, asked when somebody wants to know. Any thread may call. */
public final class Health {

    private final Map<String, Supplier<Component>> components = new ConcurrentSkipListMap<>();
    private volatile boolean serving;

    /**
     * How one part is doing.
     *
     * @param up whether it works
     * @param needed whether clients are better sent elsewhere while it does not
     * @param details what an operator should know
     */
    public record Component(boolean up, boolean needed, Map<String, Object> details) {

        /** Copies the details, without secrets of URLs in texts. */
        public Component {
            Map<String, Object> shown = new LinkedHashMap<>(details);
            shown.replaceAll((name, value) -> withoutSecrets(value));
            details = Collections.unmodifiableMap(shown);
        }

        private static Object withoutSecrets(Object value) {
            if (value instanceof String text) {
                return Secrets.hideInMessage(text);
            }
            if (value instanceof Map<?, ?> map) {
                Map<Object, Object> shown = new LinkedHashMap<>();
                map.forEach((name, each) -> shown.put(name, withoutSecrets(each)));
                return shown;
            }
            return value instanceof Collection<?> all
                    ? all.stream().map(Component::withoutSecrets).toList()
                    : value;
        }
    }

    /** Adds a part. */
    public void add(String name, Supplier<Component> component) {
        components.put(name, component);
    }

    /** Whether clients are let in: from the start's end until the stop's beginning. */
    public void setServing(boolean now) {
        serving = now;
    }

    /** Whether clients should be sent here: it is serving and every part that is needed works. */
    boolean isReady() {
        return serving
                && components.values().stream()
                        .map(Supplier::get)
                        .allMatch(component -> component.up() || !component.needed());
    }

    /** A part; null where there is none of that name. */
    @Nullable
    Component component(String name) {
        Supplier<Component> known = components.get(name);
        return known == null ? null : known.get();
    }

    Map<String, Component> components() {
        Map<String, Component> all = new LinkedHashMap<>();
        components.forEach((name, component) -> all.put(name, component.get()));
        return all;
    }
}
