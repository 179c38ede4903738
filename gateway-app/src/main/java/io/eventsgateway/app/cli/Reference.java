package io.eventsgateway.app.cli;

import io.eventsgateway.app.AppSettings;
import io.eventsgateway.config.RemovedSetting;
import io.eventsgateway.config.Setting;
import io.eventsgateway.config.SettingGroup;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The reference of all settings: docs/configuration.md. */
final class Reference {

    private Reference() {}

    static String markdown() {
        StringBuilder out = new StringBuilder("""
                # Configuration

                All settings are environment variables, or lines of a file (`--config FILE`; the environment wins): `NAME=value` as in a `.env`
                file, or Java properties. As with Spring Boot, case, underscores, hyphens and dots in names do not count:
                `KAFKA_CONSUMER_GROUP_ID_TASK_COMMANDS_MESSAGE` and `kafka.consumer.groupid.taskcommands.message` are one. An older name is read
                where the newer one is not set. A value of blanks is the empty text where that is allowed, else it counts as not set.

                `gateway config` (`java -jar gateway-app.jar config`) shows every value and where it comes from, `gateway config --check` what is
                wrong with them. What is wrong stops the start with exit code 78, every problem on a line of its own. A name that looks like one
                of these and is not gets a warning with the nearest one. This page is what `gateway config --reference` prints.

                """);
        for (SettingGroup group : AppSettings.GROUPS) {
            out.append("## ").append(group.title()).append("\n\n");
            if (!group.doc().isEmpty()) {
                out.append(group.doc()).append("\n\n");
            }
            out.append("| variable | default | allowed | meaning |\n|---|---|---|---|\n");
            group.settings().forEach(setting -> out.append(row(setting)));
            out.append("\n");
        }
        out.append("""
                ## Not supported any more

                These stop the start: to ignore them would leave one believing that they still mean something.

                | variable | what to do |
                |---|---|
                """);
        for (RemovedSetting removed : AppSettings.REMOVED) {
            out.append("| `%s` | %s |%n".formatted(removed.name(), removed.instead()));
        }
        out.append("""

                ## The variables of FlowX's guide

                Every variable of the events gateway's set-up guide of FlowX 5.9, and where it is on this page:

                | variable | section |
                |---|---|
                """);
        for (SettingGroup group : AppSettings.GROUPS) {
            group.settings().stream()
                    .filter(Setting::isOfGuide)
                    .forEach(setting -> out.append("| `%s` | [%s](#%s) |%n"
                            .formatted(
                                    setting.name(),
                                    group.title(),
                                    group.title().toLowerCase(Locale.ROOT).replace(' ', '-'))));
        }
        return out.toString().replace(System.lineSeparator(), "\n");
    }

    private static String row(Setting<?> setting) {
        String names = Stream.concat(
                        Stream.of("`" + setting.name() + "`"),
                        setting.olderNames().stream().map(name -> "formerly `" + name + "`"))
                .collect(Collectors.joining("<br>"));
        String fallback = setting.fallback().isEmpty() ? "" : "`" + setting.fallback() + "`";
        return Stream.of(names, fallback, setting.rule(), setting.doc())
                .map(cell -> cell.replace("|", "\\|"))
                .collect(Collectors.joining(" | ", "| ", " |\n"));
    }
}
