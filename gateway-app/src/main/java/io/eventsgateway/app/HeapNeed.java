package io.eventsgateway.app;

import io.eventsgateway.config.Environment;
import io.eventsgateway.kafka.KafkaClientSettings;
import org.jspecify.annotations.Nullable;

/**
 * How large a heap the largest record needs, as {@code HeapLab} measured: Kafka's client, the log, and the streams of clients have
 * copies of it at one time.
 */
public final class HeapNeed {

    private static final long MB = 1024 * 1024;
    private static final long COPIES = 7;
    private static final long REST_MB = 32;

    private HeapNeed() {}

    /** In MB. */
    static long megabytes(Environment environment) {
        long largest = environment.get(KafkaClientSettings.MESSAGE_MAX_BYTES);
        return REST_MB + COPIES * ((largest + MB - 1) / MB);
    }

    /**
     * What to say of a heap that is too small; null for nothing.
     *
     * @param heap the largest that the JVM makes it, in bytes; of which some collectors leave out a part that they keep free
     */
    public static @Nullable String warning(Environment environment, long heap) {
        long needed = megabytes(environment);
        if (heap >= needed * MB * 9 / 10) {
            return null;
        }
        return KafkaClientSettings.MESSAGE_MAX_BYTES.name() + "="
                + environment.get(KafkaClientSettings.MESSAGE_MAX_BYTES)
                + " needs a heap of " + needed + " MB, this one has " + heap / MB
                + " MB: a record that large can end the gateway; raise the heap (-Xmx" + needed
                + "m, or -XX:MaxRAMPercentage), or lower the setting";
    }
}
