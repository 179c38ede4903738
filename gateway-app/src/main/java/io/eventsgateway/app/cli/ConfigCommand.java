package io.eventsgateway.app.cli;

import io.eventsgateway.app.AppSettings;
import io.eventsgateway.app.Gateway;
import io.eventsgateway.config.ConfigurationException;
import io.eventsgateway.config.Environment;
import io.eventsgateway.config.Setting;
import io.eventsgateway.config.SettingGroup;
import io.eventsgateway.kafka.KafkaClientSettings;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows the settings; nothing is opened and nobody asked. */
@Command(
        name = "config",
        description = "Shows every setting's value and where it comes from; secrets as stars.",
        mixinStandardHelpOptions = true)
public final class ConfigCommand implements Callable<Integer> {

    @Mixin
    private EnvironmentOption settings = new EnvironmentOption();

    @ArgGroup
    private Instead instead = new Instead();

    /** What to do in place of showing. */
    static final class Instead {
        @Option(
                names = "--check",
                description =
                        "Only checks, by making every client without connecting; exit code 78 with every problem on a line of its own.")
        private boolean check;

        @Option(names = "--reference", description = "Prints the reference of all settings, as Markdown.")
        private boolean reference;
    }

    @Override
    public Integer call() {
        if (instead.reference) {
            System.out.print(Reference.markdown());
            return 0;
        }
        Environment environment = settings.environment();
        if (!instead.check) {
            show(environment);
        }
        AppSettings.warnings(environment).forEach(System.err::println);
        Gateway.check(environment);
        return 0;
    }

    private static void show(Environment environment) {
        for (SettingGroup group : AppSettings.GROUPS) {
            System.out.println("# " + group.title());
            for (Setting<?> setting : group.settings()) {
                show(environment, setting);
            }
            System.out.println();
        }
        KafkaClientSettings.explain(environment)
                .forEach((name, value) -> System.out.println(name + "=" + value + "  # variable"));
    }

    private static void show(Environment environment, Setting<?> setting) {
        try {
            Environment.Explained explained = environment.explain(setting);
            String line = explained.text().lines().collect(Collectors.joining("\\n"));
            System.out.println(setting.name() + "=" + line + "  # " + explained.origin());
        } catch (ConfigurationException ofAnother) {
            System.out.println(setting.name() + "=  # depends on what is wrong elsewhere");
        }
    }
}
