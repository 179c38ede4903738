package io.eventsgateway.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import javax.security.auth.Subject;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.LoginContext;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.auth.Login;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Makes each kind of client that the gateway will need and closes it again, so that what can't be made is known before anything starts. No
 * broker is asked and nobody is logged in to: the clients are given an address where nobody answers, and a login that does nothing beyond
 * loading its classes.
 */
final class ClientConstruction {

    private static final String NOBODY = "127.0.0.1:1";

    private ClientConstruction() {}

    /** A client that can't be made, and why. */
    record Failure(String client, String reason) {}

    /**
     * The first client that can't be made; empty if all can.
     *
     * @param common what all clients are configured with
     * @param maxBytes of the largest record that is read
     */
    static Optional<Failure> check(Map<String, Object> common, int maxBytes) {
        Map<String, Object> offline = new HashMap<>(common);
        offline.put("bootstrap.servers", NOBODY);
        offline.put(SaslConfigs.SASL_LOGIN_CLASS, NoLogin.class.getName());
        return construct("admin client", () -> Admin.create(offline).close(Duration.ZERO))
                .or(() -> construct("consumer", () -> new KafkaConsumer<>(
                                ClientProperties.consumer(offline, "check", "check"),
                                new ByteArrayDeserializer(),
                                new ByteArrayDeserializer())
                        .close()))
                .or(() -> construct("producer", () -> new KafkaProducer<>(
                                ClientProperties.producer(offline, maxBytes),
                                new ByteArraySerializer(),
                                new ByteArraySerializer())
                        .close(Duration.ZERO)));
    }

    private static Optional<Failure> construct(String client, Runnable construction) {
        try {
            construction.run();
            return Optional.empty();
        } catch (RuntimeException | LinkageError impossible) {
            return Optional.of(new Failure(client, Reason.of(impossible)));
        }
    }

    /** Loads the login modules and logs in to nobody. Made by Kafka, by its class's name. */
    public static final class NoLogin implements Login {

        /** Called by Kafka. */
        public NoLogin() {}

        @Override
        public void configure(
                Map<String, ?> configs,
                String contextName,
                Configuration configuration,
                AuthenticateCallbackHandler handler) {
            for (AppConfigurationEntry entry : configuration.getAppConfigurationEntry(contextName)) {
                String module = entry.getLoginModuleName();
                try {
                    Class.forName(module, false, Thread.currentThread().getContextClassLoader());
                } catch (ClassNotFoundException missing) {
                    throw new KafkaException("the login module can't be loaded", missing);
                }
            }
        }

        @Override
        public @Nullable LoginContext login() {
            return null;
        }

        @Override
        public Subject subject() {
            return new Subject();
        }

        @Override
        public @Nullable String serviceName() {
            return null;
        }

        @Override
        public void close() {
            // holds nothing
        }
    }
}
