package io.eventsgateway.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaPrincipalTest {

    @Test
    void isTheUserOfTheLogin() {
        assertThat(KafkaPrincipal.of(Map.of(
                        "security.protocol",
                        "SASL_SSL",
                        "sasl.jaas.config",
                        "X required username=\"gw\" password=\"p\";")))
                .isEqualTo("User:gw");
    }

    @Test
    void isTheOauthClientOrTheCertificateOrNobody() {
        assertThat(KafkaPrincipal.of(Map.of(
                        "security.protocol", "SASL_SSL", "sasl.oauthbearer.client.credentials.client.id", "kafka")))
                .isEqualTo("the user of the OAuth client kafka");
        assertThat(KafkaPrincipal.of(Map.of("security.protocol", "SSL", "ssl.keystore.location", "/k")))
                .isEqualTo("the user of the client certificate");
        assertThat(KafkaPrincipal.of(Map.of())).isEqualTo("User:ANONYMOUS");
    }
}
