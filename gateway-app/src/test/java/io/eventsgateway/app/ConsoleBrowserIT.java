package io.eventsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import io.eventsgateway.topic.Feed;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The inspector on the management port of a gateway on a real Kafka and Redis, in a real browser. */
@Tag("browser")
class ConsoleBrowserIT {

    private static final String ORGANISATION = "5f24c66f-04a7-433a-b64a-a765d3b8121a";
    private static final String OTHER = "00000000-0000-4000-8000-000000000000";
    private static final String TOPIC = Stack.topic(Feed.ENGINE_MESSAGE);

    @Test
    void showsAnOrganisationsEventsDeadLettersAndStreamsToItsTokensOnly() throws Exception {
        try (Stack stack = new Stack();
                Issuer issuer = new Issuer(ORGANISATION)) {
            Map<String, String> environment = stack.environment();
            environment.put("SECURITY_TYPE", "jwt-public-key");
            environment.put("SECURITY_OAUTH2_BASESERVERURL", issuer.baseUrl());
            environment.put("EVENTS_CONSOLE_ENABLED", "true");
            try (GatewayProcess gateway = new GatewayProcess(environment);
                    InspectorPage page = new InspectorPage()) {
                publish(environment, ORGANISATION, "{\"n\":1}");
                publish(environment, ORGANISATION, "{broken");
                publish(environment, OTHER, "{broken too");
                page.look("light", 1440, 900);
                page.open(URI.create("http://127.0.0.1:" + gateway.managementPort() + "/manage/console/"));
                assertThat(page.script("return document.getElementById('sender').hidden"))
                        .isEqualTo(true);

                refusesWithoutAGoodToken(page, issuer.token(JWSAlgorithm.RS256));

                page.type("token", issuer.token(JWSAlgorithm.ES256));
                assertThat(page.text("token-words")).isEqualTo("Of ann, realm " + ORGANISATION + "; ends in 60 min.");
                page.connect("earliest", "", "process-instance/42");
                page.awaitRows("message");
                assertThat(page.rows()).containsExactly("{\"n\":1}");
                page.click("#tab-letters");
                page.await("the dead letters", () -> page.texts("#panel-letters .note")
                        .contains("1 more are of other"));
                assertThat(page.texts("#panel-letters td.reason-text")).isEqualTo("not JSON: unexpected byte at 1");
                page.click("#tab-streams");
                page.await("the own stream", () -> page.texts("#panel-streams tbody")
                        .contains("annprocess-instance/42"));
                page.shoot("console");
                assertThat(page.axe()).isEmpty();

                page.click("#tab-events");
                page.connect("earliest", "", "user/bob");
                page.awaitState("ended");
                assertThat(page.text("reason")).startsWith("403 · Not allowed");
            }
        }
    }

    private static void refusesWithoutAGoodToken(InspectorPage page, String good) {
        page.connect("earliest", "", "process-instance/42");
        page.awaitState("ended");
        assertThat(page.text("reason")).startsWith("401 · Not let in: ").contains("Bring an access token");
        page.click("#tab-letters");
        page.await("a refusal", () -> page.texts("#panel-letters .note").startsWith("401 · Not let in: "));
        page.click("#tab-streams");
        page.await("a refusal", () -> page.texts("#panel-streams .note").startsWith("401 · Not let in: "));

        page.click("#tab-events");
        page.type("token", good.substring(0, good.length() - 8) + "AAAAAAAA");
        page.connect("earliest", "", "process-instance/42");
        page.await(
                "a refusal",
                () -> page.text("reason").startsWith("401 · ")
                        && !page.text("reason").contains("Bring an access token"));
        assertThat(page.number("count")).isZero();
    }

    private static void publish(Map<String, String> environment, String organisation, String value) {
        GatewayRun sent =
                GatewayRun.of(environment, "publish", TOPIC, value, "--key", "42", "--organization", organisation);
        assertThat(sent.exitCode()).as(sent.output()).isZero();
    }
}
