package io.eventsgateway.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventsgateway.FreePort;
import io.eventsgateway.TestKeys;
import io.eventsgateway.app.AppSettings;
import io.eventsgateway.app.manage.Health;
import io.eventsgateway.app.manage.ManagementHandler;
import io.eventsgateway.app.manage.PageGuard;
import io.eventsgateway.config.ConfigurationException;
import io.eventsgateway.config.Environment;
import io.eventsgateway.undertow.ServerOptions;
import io.eventsgateway.undertow.SseServer;
import io.eventsgateway.undertow.TlsSettings;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a container's engine learns from {@code gateway health}. */
class HealthCommandTest {

    private final String port = Integer.toString(FreePort.any());
    private final Health health = new Health();

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, ''",
        "127.0.0.1, 0.0.0.0",
        "127.0.0.2, 127.0.0.2",
        "127.0.0.1, localhost",
        "::1, ::1",
        "::, [::]"
    })
    void findsTheGatewayByTheAddressThatItListensOn(String listens, String setting) throws Exception {
        Environment environment = environment(Map.of("MANAGEMENT_SERVER_ADDRESS", setting));
        try (SseServer server = server(listens, environment)) {
            server.start();

            assertThat(HealthCommand.ask(environment)).isOne();

            health.setServing(true);
            assertThat(HealthCommand.ask(environment)).isZero();
        }
    }

    @Test
    void takesTheCertificateThatIsForTheNameOthersComeBy(@TempDir Path folder) throws Exception {
        TestKeys keys = TestKeys.make(folder, "gateway.example.com");
        Environment environment = environment(Map.of(
                "MANAGEMENT_SERVER_SSL_CERTIFICATE", keys.certificateFile().toString(),
                "MANAGEMENT_SERVER_SSL_CERTIFICATE_PRIVATE_KEY", keys.keyFile().toString()));
        health.setServing(true);
        try (SseServer server = server("127.0.0.1", environment)) {
            server.start();

            assertThat(HealthCommand.ask(environment)).isZero();
        }
    }

    @Test
    void isNotReadyWhereNobodyAnswers() throws Exception {
        assertThat(HealthCommand.ask(environment(Map.of()))).isOne();
    }

    @Test
    void needsAPortThatIsKnown() {
        assertThatThrownBy(() -> HealthCommand.ask(environment(Map.of("MANAGEMENT_SERVER_PORT", "0"))))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("MANAGEMENT_SERVER_PORT=0");
    }

    private Environment environment(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(Map.of("MANAGEMENT_SERVER_PORT", port));
        all.putAll(more);
        return new Environment(all);
    }

    private SseServer server(String host, Environment environment) {
        PageGuard guard = new PageGuard(environment.get(AppSettings.MANAGEMENT_HOSTS));
        ServerOptions options = ServerOptions.of(host, Integer.parseInt(port));
        SSLContext tls = TlsSettings.MANAGEMENT.context(environment);
        return new SseServer(
                tls == null ? options : options.with(tls),
                new ManagementHandler(health, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), guard, null));
    }
}
