package io.eventsgateway.app;

import io.eventsgateway.config.Environment;
import io.eventsgateway.config.Setting;
import io.eventsgateway.kafka.KafkaSettings;
import io.eventsgateway.redis.RedisSettings;
import io.eventsgateway.route.Organisations;
import io.eventsgateway.security.SecuritySettings;
import io.eventsgateway.undertow.SseSettings;
import java.util.ArrayList;
import java.util.List;

/** What configures the application as a whole, and the list of everything that configures its parts. */
public final class AppSettings {

    /** The port of health and metrics. */
    public static final Setting<Integer> MANAGEMENT_PORT = Setting.number("MANAGEMENT_SERVER_PORT", 8081, 0, 65535)
            .doc("Port of health, info and metrics, under /manage/actuator; 0 for any that is free.");

    /** Whether records must name an organisation. */
    public static final Setting<Boolean> ORGANIZATION_REQUIRED = Setting.flag("EVENTS_ORGANIZATION_REQUIRED", true)
            .doc(
                    "Whether a record without the header Fx-Organization-Id goes to the dead letters. With SECURITY_TYPE=none the "
                            + "default is false.");

    /** Whose records are that name none. */
    public static final Setting<String> ORGANIZATION_DEFAULT = Setting.text("EVENTS_ORGANIZATION_DEFAULT", "default")
            .doc("Organisation of records that name none; every subject sees it.");

    /** How much is logged of everything. */
    public static final Setting<Level> LOGGING_ROOT =
            Setting.choice("LOGGING_LEVEL_ROOT", Level.INFO).doc("Log level of everything.");

    /** How much is logged of the gateway. */
    public static final Setting<Level> LOGGING_APP =
            Setting.choice("LOGGING_LEVEL_APP", Level.INFO).doc("Log level of the gateway itself.");

    /** All settings of the gateway. */
    public static final List<Setting<?>> ALL = all();

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

    private static List<Setting<?>> all() {
        List<Setting<?>> all = new ArrayList<>(SseSettings.ALL);
        all.addAll(List.of(MANAGEMENT_PORT, ORGANIZATION_REQUIRED, ORGANIZATION_DEFAULT, LOGGING_ROOT, LOGGING_APP));
        all.addAll(SecuritySettings.ALL);
        all.addAll(KafkaSettings.ALL);
        all.addAll(RedisSettings.ALL);
        return List.copyOf(all);
    }

    /** Whose records are that name no organisation. */
    static Organisations organisations(Environment environment, boolean secured) {
        boolean required = environment.has(ORGANIZATION_REQUIRED) ? environment.get(ORGANIZATION_REQUIRED) : secured;
        return required ? Organisations.REQUIRED : new Organisations(environment.get(ORGANIZATION_DEFAULT));
    }
}
