package io.eventsgateway.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.eventsgateway.auth.AccessException;
import io.eventsgateway.auth.AccessException.Reason;
import io.eventsgateway.auth.IssuerMemory;
import io.eventsgateway.security.KeySet.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** When keys are fetched, by a clock and a server that do as they are told. */
class IssuerKeysTest {

    private static final String ACME = "https://id/realms/acme";
    private static final String HERE = "10.0.0.1";

    private static ECKey first;
    private static ECKey second;

    private final AtomicLong nanos = new AtomicLong();
    private final List<String> asked = new ArrayList<>();
    private final List<CompletableFuture<KeySet>> questions = new ArrayList<>();
    private final IssuerMemory memory = IssuerMemory.ofProcess();
    private final IssuerKeys keys = keys(memory);

    @BeforeAll
    static void makeKeys() throws Exception {
        first = new ECKeyGenerator(Curve.P_256).keyID("first").generate();
        second = new ECKeyGenerator(Curve.P_256).keyID("second").generate();
    }

    private IssuerKeys keys(IssuerMemory remembered) {
        return new IssuerKeys(
                issuer -> {
                    asked.add(issuer);
                    CompletableFuture<KeySet> question = new CompletableFuture<>();
                    questions.add(question);
                    return question;
                },
                new GoodIssuers(remembered, nanos::get),
                nanos::get);
    }

    @Test
    void asksOnceForAllWhoWait() throws Exception {
        CompletableFuture<Verdict> one = verify(first, HERE);
        CompletableFuture<Verdict> two = verify(first, "10.0.0.2");
        CompletableFuture<Verdict> three = verify(first, HERE);
        assertThat(asked).containsExactly(ACME);

        answer(first);

        assertThat(List.of(one, two, three)).allSatisfy(each -> assertThat(each).isCompletedWithValue(Verdict.SIGNED));
        assertThat(verify(first, HERE)).isCompletedWithValue(Verdict.SIGNED);
        assertThat(asked).hasSize(1);
    }

    @Test
    void fetchesAheadWhileCachedKeysAreUsed() throws Exception {
        know(first);
        pass(Duration.ofMinutes(4));

        assertThat(verify(first, HERE)).isCompletedWithValue(Verdict.SIGNED);
        assertThat(verify(first, HERE)).isCompletedWithValue(Verdict.SIGNED);
        assertThat(asked).hasSize(2);
        answer(second);
        assertThat(verify(second, HERE)).isCompletedWithValue(Verdict.SIGNED);
        assertThat(asked).hasSize(2);
    }

    @Test
    void waitsOnceForKeysThatAreTooOldAndKeepsThemThroughAnOutage() throws Exception {
        know(first);
        pass(Duration.ofMinutes(6));

        CompletableFuture<Verdict> waiting = verify(first, HERE);
        assertThat(waiting).isNotDone();
        fail();
        assertThat(waiting).isCompletedWithValue(Verdict.SIGNED);

        for (int i = 0; i < 100; i++) {
            pass(Duration.ofSeconds(1));
            assertThat(verify(first, HERE)).as("never waits again").isCompletedWithValue(Verdict.SIGNED);
            questions.get(questions.size() - 1).completeExceptionally(new IllegalStateException("away"));
        }
        assertThat(asked).as("every ten seconds").hasSizeBetween(10, 14);
        pass(Duration.ofHours(11));
        assertThat(verify(first, HERE)).isCompletedWithValue(Verdict.SIGNED);
        answer(second);
        assertThat(verify(second, HERE)).isCompletedWithValue(Verdict.SIGNED);
    }

    @Test
    void forgetsKeysAfterTwelveHoursOfOutage() throws Exception {
        know(first);
        pass(Duration.ofHours(12));

        CompletableFuture<Verdict> waiting = verify(first, HERE);
        fail();

        assertThat(refusal(waiting)).isEqualTo(Reason.UNAVAILABLE);
        assertThat(refusal(verify(first, HERE))).isEqualTo(Reason.UNAVAILABLE);
    }

    @Test
    void asksAgainForAnUnknownKeyButNotOften() throws Exception {
        know(first);

        CompletableFuture<Verdict> rotated = verify(second, HERE);
        assertThat(rotated).isNotDone();
        assertThat(verify(first, HERE)).as("does not wait").isCompletedWithValue(Verdict.SIGNED);
        answer(first);
        assertThat(rotated).isCompletedWithValue(Verdict.UNKNOWN);
        assertThat(verify(second, HERE)).as("remembered").isCompletedWithValue(Verdict.UNKNOWN);
        assertThat(refusal(verify(new ECKeyGenerator(Curve.P_256).keyID("third").generate(), HERE)))
                .as("not asked for so soon")
                .isEqualTo(Reason.UNAVAILABLE);
        assertThat(asked).hasSize(2);

        pass(Duration.ofSeconds(31));
        CompletableFuture<Verdict> later = verify(second, HERE);
        answer(first, second);
        assertThat(later).isCompletedWithValue(Verdict.SIGNED);
    }

    @Test
    void blamesNobodyForAKeyThatCantBeHadNow() throws Exception {
        know(first);

        CompletableFuture<Verdict> rotated = verify(second, HERE);
        fail();

        assertThat(refusal(rotated)).isEqualTo(Reason.UNAVAILABLE);
        pass(Duration.ofSeconds(11));
        CompletableFuture<Verdict> later = verify(second, HERE);
        answer(second);
        assertThat(later).isCompletedWithValue(Verdict.SIGNED);
    }

    @Test
    void remembersForAWhileThatAnIssuerHasNone() throws Exception {
        CompletableFuture<Verdict> refused = verify(first, HERE);
        questions
                .get(0)
                .completeExceptionally(
                        new AccessException(Reason.UNAUTHENTICATED, "The token's issuer publishes no keys."));
        assertThat(refusal(refused)).isEqualTo(Reason.UNAUTHENTICATED);

        assertThat(refusal(verify(first, HERE))).isEqualTo(Reason.UNAUTHENTICATED);
        assertThat(asked).hasSize(1);
        pass(Duration.ofSeconds(31));
        know(first);
    }

    @Test
    void letsInventedIssuersCostOnlyTheirAddress() throws Exception {
        know(first);
        List<CompletableFuture<Verdict>> invented = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            invented.add(verify("https://id/realms/" + i, first, HERE));
        }
        assertThat(asked).as("two of one address at once").hasSize(3);
        assertThat(invented.stream().filter(CompletableFuture::isDone)).hasSizeGreaterThan(950);

        CompletableFuture<Verdict> other = verify("https://id/realms/real", first, "10.0.0.2");
        assertThat(asked).hasSize(4).endsWith("https://id/realms/real");
        assertThat(verify(first, HERE)).as("cached").isCompletedWithValue(Verdict.SIGNED);

        questions.get(3).complete(set(first));
        assertThat(other).isCompletedWithValue(Verdict.SIGNED);
    }

    @Test
    void asksAtOnceForAnIssuerThatAnotherReplicaHasHadKeysFrom() throws Exception {
        for (int i = 0; i < 100; i++) {
            for (int address = 0; address < 20; address++) {
                verify("https://id/realms/" + i + "-" + address, first, "10.0.1." + address);
            }
        }
        assertThat(asked).as("all that may be under way").hasSize(8);
        memory.remember(ACME);
        pass(Duration.ofSeconds(1));

        CompletableFuture<Verdict> known = verify(first, "10.0.1.1");

        assertThat(asked).hasSize(9).endsWith(ACME);
        questions.get(8).complete(set(first));
        assertThat(known).isCompletedWithValue(Verdict.SIGNED);
    }

    @Test
    void reportsIssuersThatHaveKeysAndOnlyThem() throws Exception {
        know(first);
        verify("https://id/realms/invented", first, HERE);
        fail();

        assertThat(memory.known().toCompletableFuture().join()).containsExactly(ACME);
    }

    @Test
    void needsNoMemory() throws Exception {
        List<CompletableFuture<Set<String>>> never = new ArrayList<>();
        IssuerMemory broken = new IssuerMemory() {
            @Override
            public CompletionStage<Set<String>> known() {
                CompletableFuture<Set<String>> answer = new CompletableFuture<>();
                never.add(answer);
                return answer;
            }

            @Override
            public CompletionStage<?> remember(String issuer) {
                return CompletableFuture.failedStage(new IllegalStateException("away"));
            }
        };
        IssuerKeys others = keys(broken);

        CompletableFuture<CachedKeys> waiting = others.of(ACME, HERE).toCompletableFuture();
        never.get(0).completeExceptionally(new IllegalStateException("away"));

        assertThat(asked).containsExactly(ACME);
        answer(first);
        assertThat(waiting).isCompleted();
        assertThat(never).hasSize(1);
    }

    private void know(ECKey key) throws Exception {
        CompletableFuture<Verdict> verdict = verify(key, HERE);
        answer(key);
        assertThat(verdict).isCompletedWithValue(Verdict.SIGNED);
    }

    private void answer(ECKey... published) throws Exception {
        questions.get(questions.size() - 1).complete(set(published));
    }

    private void fail() {
        questions.get(questions.size() - 1).completeExceptionally(new IllegalStateException("away"));
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private CompletableFuture<Verdict> verify(ECKey key, String address) throws Exception {
        return verify(ACME, key, address);
    }

    private CompletableFuture<Verdict> verify(String issuer, ECKey key, String address) throws Exception {
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build(),
                new JWTClaimsSet.Builder().subject("ann").build());
        token.sign(new ECDSASigner(key));
        return keys.of(issuer, address)
                .thenCompose(cached -> cached.verify(token))
                .toCompletableFuture();
    }

    private static Reason refusal(CompletableFuture<?> result) {
        assertThat(result).isDone();
        return AccessException.of(result.handle((done, failure) -> failure).join())
                .reason();
    }

    private static KeySet set(ECKey... published) throws Exception {
        return KeySet.parse(new JWKSet(List.of(published)).toString().getBytes(StandardCharsets.UTF_8));
    }
}
