package io.eventsgateway.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.config.Environment;
import io.eventsgateway.security.TokenExamination.Explained;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TokenExaminationTest {

    private static final String REALM = "5f24c66f-04a7-433a-b64a-a765d3b8121a";

    private final StandIn server = new StandIn();
    private final DevelopmentToken signer = new DevelopmentToken();
    private final Map<String, String> settings = new HashMap<>();
    private Instant now = Instant.now();

    @BeforeEach
    void publish() {
        server.answer(exchange -> new StandIn.Answer(200, signer.keys()));
        settings.put("SECURITY_OAUTH2_BASESERVERURL", server.url());
    }

    @AfterEach
    void close() {
        server.close();
    }

    private String issuer() {
        return server.url() + "/realms/" + REALM;
    }

    private String token(DevelopmentToken by, String issuer) {
        return by.sign(issuer, "ann", List.of("clerk"), Duration.ofMinutes(5));
    }

    private Explained explain(String token) throws Exception {
        return new TokenExamination(new Environment(settings), InstantSource.fixed(now))
                .explain(token)
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }

    private static TokenExamination.Line line(Explained explained, String claim) {
        return Objects.requireNonNull(explained.lines().stream()
                .filter(each -> each.claim().equals(claim))
                .findFirst()
                .orElse(null));
    }

    private void isBad(String token, String claim, String... texts) throws Exception {
        TokenExamination.Line line = line(explain(token), claim);
        assertThat(line.good()).isFalse();
        assertThat(line.seen() + " → " + line.advice()).contains(texts);
    }

    @Test
    void explainsATokenThatIsLetIn() throws Exception {
        Explained explained = explain(token(signer, issuer()));

        assertThat(explained.lines()).allMatch(TokenExamination.Line::good);
        assertThat(explained.organisation()).isEqualTo(REALM);
        assertThat(line(explained, "sub").seen()).startsWith("ann, whose own destination is user/ann");
        assertThat(line(explained, "roles").seen()).isEqualTo("[clerk]");
        assertThat(line(explained, "answer").seen()).startsWith("it is let in, as ann of " + REALM);
    }

    @Test
    void saysInWhatAnIssuerDiffersFromTheAcceptedOnes() throws Exception {
        isBad(
                token(signer, "https://id.example.com/realms/" + REALM),
                "iss",
                "the host differs",
                "SECURITY_OAUTH2_BASESERVERURL");
        isBad(token(signer, issuer().replace("http:", "https:")), "iss", "scheme or port differ");
        isBad(token(signer, server.url() + "/realms/master"), "iss", "its realm master is not called by a UUID");
        settings.put("SECURITY_OAUTH2_BASESERVERURL", server.url() + "/auth");
        isBad(token(signer, issuer()), "iss", "the path differs");
    }

    @Test
    void saysThatTheKeyIsNotPublished() throws Exception {
        isBad(token(new DevelopmentToken(), issuer()), "signature", "which the issuer does not publish");
    }

    @Test
    void saysThatTheKeysCantBeHad() throws Exception {
        server.answer(500);

        isBad(token(signer, issuer()), "signature", "the issuer's keys can't be had");
        isBad(token(signer, issuer()), "answer", "come back later");
    }

    @Test
    void saysThatTheTokenIsOverOrOfTheFuture() throws Exception {
        String token = token(signer, issuer());

        now = now.plus(Duration.ofHours(1));
        isBad(token, "exp", "which is over since PT55M");
        now = now.minus(Duration.ofHours(2));
        isBad(token, "iat", "in the future by PT1H", "clock");
    }

    @Test
    void namesAnAudienceThatIsMissing() throws Exception {
        settings.put("SECURITY_OAUTH2_AUDIENCE", "events");

        isBad(token(signer, issuer()), "aud", "SECURITY_OAUTH2_AUDIENCE=events");
    }

    @Test
    void saysThatSomethingIsNoToken() throws Exception {
        isBad("Bearer x", "form", "no signed JWT", "without Bearer");
    }
}
