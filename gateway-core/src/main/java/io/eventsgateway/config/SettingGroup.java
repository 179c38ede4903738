package io.eventsgateway.config;

import java.util.List;

/**
 * Settings that an operator thinks of together.
 *
 * @param title what they are about
 * @param doc what to know of them together, in Markdown; may be empty
 * @param settings in the order of the reference
 */
public record SettingGroup(String title, String doc, List<Setting<?>> settings) {

    /** Copies the settings. */
    public SettingGroup {
        settings = List.copyOf(settings);
    }

    /** The settings of some groups, in their order. */
    public static List<Setting<?>> settings(List<SettingGroup> groups) {
        return groups.stream()
                .<Setting<?>>flatMap(group -> group.settings().stream())
                .toList();
    }
}
