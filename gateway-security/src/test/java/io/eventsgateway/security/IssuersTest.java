package io.eventsgateway.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventsgateway.config.ConfigurationException;
import io.eventsgateway.config.Environment;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IssuersTest {

    @ParameterizedTest
    @CsvSource({
        "http://a/realms/X, http://b/realms/X",
        "https://a/realms/x, http://a/realms/x",
        "https://a/11111111-1111-4111-8111-11111111111A, https://b/11111111-1111-4111-8111-11111111111a"
    })
    void refusesTwoOfOneOrganisation(String one, String other) {
        assertThat(new Issuers("", "", Set.of(one, other, "https://c/realms/y")).ambiguous())
                .singleElement()
                .asString()
                .contains(one, other);
        assertThatThrownBy(() ->
                        SecuritySettings.check(new Environment(Map.of("SECURITY_OAUTH2_ISSUERS", one + "," + other))))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("SECURITY_OAUTH2_ISSUERS")
                .hasMessageContaining("remove one");
    }

    @Test
    void refusesOneOfNoOrganisation() {
        assertThat(new Issuers("", "", Set.of("https://a/realms/x/")).ambiguous())
                .singleElement()
                .asString()
                .contains("https://a/realms/x/ names no organisation");
    }

    @Test
    void takesIssuersOfSeveralOrganisations() {
        assertThat(new Issuers("", "", Set.of("https://a/realms/x", "https://a/realms/X", "https://b/y")).ambiguous())
                .isEmpty();
        SecuritySettings.check(new Environment(Map.of("SECURITY_OAUTH2_ISSUERS", "https://a/x,https://a/y")));
    }
}
