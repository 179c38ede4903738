package io.eventsgateway.app;

import io.eventsgateway.Destination;
import io.eventsgateway.app.manage.PageGuard;
import io.eventsgateway.config.ConfigurationException;
import io.eventsgateway.config.Environment;
import io.eventsgateway.config.RemovedSetting;
import io.eventsgateway.config.Setting;
import io.eventsgateway.config.SettingGroup;
import io.eventsgateway.kafka.KafkaClientSettings;
import io.eventsgateway.kafka.KafkaSettings;
import io.eventsgateway.redis.RedisSettings;
import io.eventsgateway.route.Organisations;
import io.eventsgateway.security.SecuritySettings;
import io.eventsgateway.undertow.SseSettings;
import io.eventsgateway.undertow.TlsSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** What configures the application as a whole, and the list of everything that configures its parts. */
public final class AppSettings {

    /** The port of health and metrics. */
    public static final Setting<Integer> MANAGEMENT_PORT = Setting.number("MANAGEMENT_SERVER_PORT", 8081, 0, 65535)
            .doc("Port of health, info and metrics, under /manage/actuator; 0 for any that is free.");

    /** Where health and metrics are listened for. */
    public static final Setting<String> MANAGEMENT_ADDRESS = Setting.optionalHost("MANAGEMENT_SERVER_ADDRESS")
            .doc(
                    "Address of this machine that health, info and metrics are listened for on; empty for all. `--embedded` listens on the "
                            + "loopback address where it is empty.");

    /** By which names browsers may ask for it. */
    public static final Setting<Set<String>> MANAGEMENT_HOSTS = Setting.text("MANAGEMENT_SERVER_ALLOWEDHOSTS", "")
            .map(PageGuard::hosts)
            .doc(
                    "Host names, separated by commas, by which browsers may ask for info, metrics and loggers, beside addresses, localhost and "
                            + "names without a dot; `*` for any. Other clients may use any name, and so may whoever asks for health. "
                            + "With `--embedded` they hold for its page and streams too.");

    /** Whether an outage of Redis takes replicas out of a load balancer. */
    public static final Setting<Boolean> READINESS_INCLUDE_REDIS = Setting.flag(
                    "MANAGEMENT_READINESS_INCLUDE_REDIS", false)
            .doc(
                    "Whether a replica is not ready while Redis does not work, which all replicas share: a load balancer then has none, and "
                            + "refuses clients whose streams could be held. Health is DOWN in any case.");

    /** Whether operators and developers have the inspector. */
    public static final Setting<Boolean> CONSOLE_ENABLED = Setting.flag("EVENTS_CONSOLE_ENABLED", false)
            .doc(
                    "Whether the management port has the inspector of event streams, at /manage/console/, and event streams for it. It shows "
                            + "nothing without a token that is let in.");

    /** Whether records must name an organisation. */
    public static final Setting<Boolean> ORGANIZATION_REQUIRED = Setting.flag("EVENTS_ORGANIZATION_REQUIRED", true)
            .otherwise(environment ->
                    Boolean.toString(environment.get(SecuritySettings.TYPE) != SecuritySettings.Type.NONE))
            .doc(
                    "Whether a record without the header Fx-Organization-Id goes to the dead letters. With SECURITY_TYPE=none the "
                            + "default is false.");

    /** Whose records are that name none. */
    public static final Setting<String> ORGANIZATION_DEFAULT = Setting.text(
                    "EVENTS_ORGANIZATION_DEFAULT",
                    "default",
                    "1 to 64 of letters, digits, '.', '_', '-'",
                    Destination.ORGANISATION)
            .doc("Organisation of records that name none; every subject sees it.");

    /** How much is logged of everything. */
    public static final Setting<Level> LOGGING_ROOT = Setting.choice("LOGGING_LEVEL_ROOT", Level.INFO)
            .doc("Log level of everything.")
            .ofGuide();

    /** How much is logged of the gateway. */
    public static final Setting<Level> LOGGING_APP = Setting.choice("LOGGING_LEVEL_APP", Level.INFO)
            .doc("Log level of the gateway itself.")
            .ofGuide();

    /** How log lines are written. */
    public static final Setting<LogFormat> LOGGING_FORMAT = Setting.choice("LOGGING_FORMAT", LogFormat.TEXT)
            .doc("Format of the log: lines of text, or one JSON object a line.");

    /** By which convention log lines on the standard output are JSON. */
    public static final Setting<Structure> LOGGING_STRUCTURE_CONSOLE = structure("CONSOLE")
            .doc("Convention for the names in the JSON of log lines on the standard output; empty for LOGGING_FORMAT.");

    /** By which convention log lines in the file are JSON. */
    public static final Setting<Structure> LOGGING_STRUCTURE_FILE =
            structure("FILE").doc("The same for the log file.");

    /** The file that the log is written to. */
    public static final Setting<String> LOGGING_FILE_NAME = Setting.of(
                    "LOGGING_FILE_NAME", "", "a file that can be written, without % in its path", LogFile::file)
            .doc("File that the log is written to, beside the standard output; empty for none.");

    /** The folder of that file. */
    public static final Setting<String> LOGGING_FILE_PATH = Setting.of(
                    "LOGGING_FILE_PATH",
                    "",
                    "a folder in which " + LogFile.NAME + " can be written, without % in its path",
                    LogFile::inFolder)
            .doc("Folder of a file `" + LogFile.NAME
                    + "` that the log is written to where LOGGING_FILE_NAME is empty; empty for none.");

    /** How large that file becomes. */
    public static final Setting<Integer> LOGGING_FILE_MAX_SIZE = Setting.bytes(
                    "LOGGING_LOGBACK_ROLLINGPOLICY_MAX_FILE_SIZE", 10 * 1024 * 1024, 1024, Integer.MAX_VALUE)
            .formerly("LOGGING_FILE_MAX_SIZE")
            .doc("Bytes at which the log file is compressed and another one begins; so it is at each new day.");

    /** How many days of it are kept. */
    public static final Setting<Integer> LOGGING_FILE_MAX_HISTORY = Setting.number(
                    "LOGGING_LOGBACK_ROLLINGPOLICY_MAX_HISTORY", 7, 0, 36_500)
            .formerly("LOGGING_FILE_MAX_HISTORY")
            .doc("Days for which compressed log files are kept; 0 for ever.");

    /** All settings of the gateway, as an operator thinks of them. */
    public static final List<SettingGroup> GROUPS = Stream.of(
                    KafkaClientSettings.GROUPS,
                    KafkaSettings.GROUPS,
                    RedisSettings.GROUPS,
                    SseSettings.GROUPS,
                    SecuritySettings.GROUPS,
                    List.of(
                            new SettingGroup("Organisations", "", List.of(ORGANIZATION_REQUIRED, ORGANIZATION_DEFAULT)),
                            new SettingGroup(
                                    "Management and logs",
                                    "`LOGGING_LEVEL_` and the name of a logger, with underscores for dots, sets the level of that logger: "
                                            + "`LOGGING_LEVEL_ORG_APACHE_KAFKA=debug`.",
                                    List.of(
                                            MANAGEMENT_PORT,
                                            MANAGEMENT_ADDRESS,
                                            MANAGEMENT_HOSTS,
                                            READINESS_INCLUDE_REDIS,
                                            CONSOLE_ENABLED,
                                            LOGGING_ROOT,
                                            LOGGING_APP,
                                            LOGGING_FORMAT,
                                            LOGGING_STRUCTURE_CONSOLE,
                                            LOGGING_STRUCTURE_FILE,
                                            LOGGING_FILE_NAME,
                                            LOGGING_FILE_PATH,
                                            LOGGING_FILE_MAX_SIZE,
                                            LOGGING_FILE_MAX_HISTORY)),
                            TlsSettings.SERVER.group(),
                            TlsSettings.MANAGEMENT.group()))
            .flatMap(List::stream)
            .toList();

    /** All settings of the gateway. */
    public static final List<Setting<?>> ALL = SettingGroup.settings(GROUPS);

    /** What stops the start because it meant something once. */
    public static final List<RemovedSetting> REMOVED = SecuritySettings.REMOVED;

    private AppSettings() {}

    /** How much is logged. */
    public enum Level {
        /** Everything. */
        TRACE,
        /** What helps to find a fault. */
        DEBUG,
        /** What an operator wants to know. */
        INFO,
        /** What needs a look. */
        WARN,
        /** What is broken. */
        ERROR,
        /** Nothing. */
        OFF
    }

    /** How log lines are written. */
    public enum LogFormat {
        /** For people. */
        TEXT,
        /** For log collectors. */
        JSON
    }

    /** By which convention a log line is JSON. */
    public enum Structure {
        /** None. */
        NONE,
        /** Elastic Common Schema 8.11. */
        ECS,
        /** The event of Logstash. */
        LOGSTASH,
        /** Graylog Extended Log Format 1.1. */
        GELF
    }

    private static Setting<Structure> structure(String target) {
        return Setting.of(
                "LOGGING_STRUCTURED_FORMAT_" + target,
                "",
                "one of ecs, logstash, gelf, or empty",
                text -> switch (text.toLowerCase(Locale.ROOT)) {
                    case "" -> Structure.NONE;
                    case "ecs" -> Structure.ECS;
                    case "logstash" -> Structure.LOGSTASH;
                    case "gelf" -> Structure.GELF;
                    default -> null;
                });
    }

    /**
     * Checks all that can be checked without asking anybody.
     *
     * @throws ConfigurationException naming every problem
     */
    public static void check(Environment environment) {
        ConfigurationException.throwAll(List.of(
                () -> environment.refuse(REMOVED),
                () -> Misspellings.refuse(environment),
                () -> environment.check(ALL),
                () -> LogLevels.of(environment),
                () -> SecuritySettings.check(environment),
                () -> KafkaClientSettings.check(environment),
                () -> KafkaSettings.check(environment),
                () -> RedisSettings.options(environment),
                () -> TlsSettings.SERVER.context(environment),
                () -> TlsSettings.MANAGEMENT.context(environment)));
    }

    /** Warnings: settings that work but that an operator should look at. */
    public static List<String> warnings(Environment environment) {
        List<String> warnings = new ArrayList<>(environment.warnings(ALL));
        warnings.addAll(KafkaClientSettings.warnings(environment));
        for (Setting<?> setting : ALL) {
            if (environment.isGarbled(setting)) {
                warnings.add(
                        setting.name() + " has characters that the JVM can't read in this locale; set LANG=C.UTF-8");
            }
        }
        warnings.addAll(Misspellings.warnings(environment));
        warnings.addAll(LogSettings.warnings(environment));
        return warnings;
    }

    /** Whose records are that name no organisation. */
    public static Organisations organisations(Environment environment) {
        return environment.get(ORGANIZATION_REQUIRED)
                ? Organisations.REQUIRED
                : new Organisations(defaultOrganisation(environment));
    }

    /** The organisation that everybody belongs to who names none. */
    static String defaultOrganisation(Environment environment) {
        String named = environment.get(ORGANIZATION_DEFAULT);
        String uuid = Organisations.ofUuid(named);
        return uuid == null ? named : uuid;
    }
}
