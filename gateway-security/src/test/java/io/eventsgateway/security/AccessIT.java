package io.eventsgateway.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.eventsgateway.Destination;
import io.eventsgateway.auth.AccessException;
import io.eventsgateway.auth.AccessException.Reason;
import io.eventsgateway.auth.Credentials;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.auth.IssuerMemory;
import io.eventsgateway.config.Environment;
import io.eventsgateway.log.InMemoryEventLog;
import io.eventsgateway.security.StandIn.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets in, as the settings say, where other services are asked; these are stood in for, and misbehave. */
class AccessIT {

    private static final String ACME = "11111111-1111-4111-8111-111111111111";
    private static final String GLOBEX = "22222222-2222-4222-8222-222222222222";
    private static final String SERVICES = "services";

    private final DevelopmentToken signer = new DevelopmentToken();
    private final StandIn keycloak = new StandIn();
    private final StandIn runtimeManager = new StandIn();
    private final StandIn organisationManager = new StandIn();
    private final InMemoryEventLog log = new InMemoryEventLog(Duration.ofHours(4), InstantSource.system());
    private final Map<String, String> settings = new HashMap<>();
    private final AtomicInteger tokensGiven = new AtomicInteger();

    @BeforeEach
    void configure() {
        settings.put("SECURITY_OAUTH2_BASESERVERURL", keycloak.url());
        settings.put("SECURITY_OAUTH2_SAREALM", SERVICES);
        settings.put("FLOWX_URLS_RUNTIMEMANAGER", runtimeManager.url() + "/");
        settings.put("FLOWX_LIB_SECURITY_SERVICES_ORGANIZATIONMANAGER_BASEURL", organisationManager.url());
        settings.put("SPRING_SECURITY_OAUTH2_CLIENT_REGISTRATION_ANONYMOUSIDENTITY_CLIENTSECRET", "s3cret");
        keycloak.answer(exchange -> {
            String path = exchange.getRequestURI().getPath();
            if (path.equals("/realms/" + SERVICES + "/protocol/openid-connect/token")) {
                return accountToken(body(exchange.getRequestBody()));
            }
            boolean realm = path.equals("/realms/" + ACME + "/protocol/openid-connect/certs")
                    || path.equals("/realms/" + GLOBEX + "/protocol/openid-connect/certs");
            return realm ? new Answer(200, signer.keys()) : new Answer(404, "");
        });
    }

    private Answer accountToken(String form) {
        if (!form.contains("client_id=flowx-anonymous-sa") || !form.contains("client_secret=s3cret")) {
            return new Answer(401, "{\"error\":\"unauthorized_client\"}");
        }
        return new Answer(
                200, "{\"access_token\":\"of-account-" + tokensGiven.incrementAndGet() + "\",\"expires_in\":300}");
    }

    private static String body(InputStream in) {
        try (in) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    @AfterEach
    void stop() {
        keycloak.close();
        runtimeManager.close();
        organisationManager.close();
        log.close();
    }

    @Test
    void asksTheRuntimeManagerInTheCallersName() throws Exception {
        settings.put("EVENTS_ACCESS_POLICY", "remote");
        Access access = access();
        runtimeManager.answer(204);

        enter(access, token(ACME), "process-instance", "p1");
        enter(access, token(ACME), "view", "v1");

        assertThat(runtimeManager.asked())
                .singleElement()
                .asString()
                .startsWith("GET /api/runtime/process/p1/status Bearer ey");
    }

    @Test
    void asksOnceForTheSameAndRemembers() throws Exception {
        settings.put("EVENTS_ACCESS_POLICY", "remote");
        Access access = access();
        String token = token(ACME);
        enter(access, token, "view", "v1");
        runtimeManager.answerAfter(1);

        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            all.add(CompletableFuture.runAsync(
                    () -> assertThatCode(() -> enter(access, token, "process-instance", "p1"))
                            .doesNotThrowAnyException(),
                    task -> new Thread(task).start()));
        }
        all.forEach(CompletableFuture::join);

        assertThat(runtimeManager.asked()).hasSize(1);
        runtimeManager.answer(403);
        enter(access, token, "process-instance", "p1");
        assertThat(refusal(access, token, "process-instance", "p2").reason()).isEqualTo(Reason.FORBIDDEN);
        assertThat(refusal(access, token(ACME, "bob"), "process-instance", "p1").reason())
                .as("another's answer does not count")
                .isEqualTo(Reason.FORBIDDEN);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404, 410})
    void refusesWhatTheRuntimeManagerRefuses(int status) {
        settings.put("EVENTS_ACCESS_POLICY", "remote");
        runtimeManager.answer(status);

        assertThat(refusal(access(), token(ACME), "process-instance", "p1").reason())
                .isEqualTo(Reason.FORBIDDEN);
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 503, 429, 302, 400, -1})
    void letsNobodyInWithoutAnAnswer(int status) {
        settings.put("EVENTS_ACCESS_POLICY", "remote");
        runtimeManager.answer(status);

        assertThat(refusal(access(), token(ACME), "process-instance", "p1").reason())
                .isEqualTo(Reason.UNAVAILABLE);
    }

    @Test
    void letsNobodyInOnGarbage() throws Exception {
        try (ServerSocket garbage = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread answers = new Thread(() -> {
                while (!garbage.isClosed()) {
                    try (Socket socket = garbage.accept()) {
                        socket.getOutputStream().write("200 OK come in\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    } catch (IOException over) {
                        return;
                    }
                }
            });
            answers.start();
            settings.put("EVENTS_ACCESS_POLICY", "remote");
            settings.put("FLOWX_URLS_RUNTIMEMANAGER", "http://127.0.0.1:" + garbage.getLocalPort());

            assertThat(refusal(access(), token(ACME), "process-instance", "p1").reason())
                    .isEqualTo(Reason.UNAVAILABLE);
        }
    }

    @Test
    void letsNobodyInWhileTheRuntimeManagerIsGone() {
        settings.put("EVENTS_ACCESS_POLICY", "remote");
        runtimeManager.close();

        assertThat(refusal(access(), token(ACME), "process-instance", "p1").reason())
                .isEqualTo(Reason.UNAVAILABLE);
    }

    @Test
    void waitsForNobodyForLong() {
        settings.put("EVENTS_ACCESS_POLICY", "remote");
        runtimeManager.answerAfter(20);
        long since = System.nanoTime();

        assertThat(refusal(access(), token(ACME), "process-instance", "p1").reason())
                .isEqualTo(Reason.UNAVAILABLE);
        assertThat(System.nanoTime() - since).isLessThan(TimeUnit.SECONDS.toNanos(10));
    }

    @Test
    void leavesAServiceAloneThatDoesNotAnswerAndComesBack() throws Exception {
        settings.put("EVENTS_ACCESS_POLICY", "remote");
        Access access = access();
        runtimeManager.answer(500);
        for (int i = 0; i < 50; i++) {
            assertThat(refusal(access, token(ACME), "process-instance", "p" + i).reason())
                    .isEqualTo(Reason.UNAVAILABLE);
        }
        assertThat(runtimeManager.asked()).hasSizeLessThan(30);

        runtimeManager.answer(200);
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (true) {
            try {
                enter(access, token(ACME), "process-instance", "again");
                break;
            } catch (AccessException notYet) {
                assertThat(System.nanoTime()).isLessThan(until);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", ".", "a/b", "../x", "a?b=c", "a#b", "a%2Fb", "a b", "ä", "a;b", "a\\b"})
    void neverAsksAboutAnIdThatIsNoneOfAProcess(String id) {
        settings.put("EVENTS_ACCESS_POLICY", "remote");
        runtimeManager.answer(200);

        assertThat(refusal(access(), token(ACME), "process-instance", id).reason())
                .isEqualTo(Reason.FORBIDDEN);
        assertThat(runtimeManager.asked()).isEmpty();
    }

    @Test
    void refusesWhoBringsNothingUnlessToldOtherwise() {
        assertThat(refusal(access(), null, ACME, "process-instance", "p1").reason())
                .isEqualTo(Reason.UNAUTHENTICATED);
    }

    @Test
    void showsProcessInstancesToAnybodyWhereTheRuntimeManagerShowsThemToTheAnonymousAccount() throws Exception {
        settings.put("EVENTS_ANONYMOUS_ENABLED", "true");
        Access access = access();
        runtimeManager.answer(200);

        Identity identity = enter(access, new Credentials(null, ACME), "process-instance", "p1");
        enter(access, new Credentials("", ACME), "process-instance", "p2");

        assertThat(identity.organisation()).isEqualTo(ACME);
        assertThat(identity.names()).isEmpty();
        assertThat(runtimeManager.asked())
                .containsExactly(
                        "GET /api/runtime/process/p1/status Bearer of-account-1",
                        "GET /api/runtime/process/p2/status Bearer of-account-1");
        assertThat(refusal(access, null, ACME, "view", "v1").reason()).isEqualTo(Reason.UNAUTHENTICATED);
        assertThat(refusal(access, null, ACME, "user", "*").reason()).isEqualTo(Reason.UNAUTHENTICATED);
        runtimeManager.answer(404);
        assertThat(refusal(access, null, ACME, "process-instance", "p3").reason())
                .isEqualTo(Reason.FORBIDDEN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "acme", "../x", "11111111-1111-4111-8111-11111111111"})
    void wantsToKnowWhichOrganisationAnonymousCallersAskFor(String organisation) {
        settings.put("EVENTS_ANONYMOUS_ENABLED", "true");
        runtimeManager.answer(200);

        assertThat(refusal(access(), null, organisation, "process-instance", "p1")
                        .getMessage())
                .contains("Fx-Organization-Id");
    }

    @Test
    void takesNobodyWithABadTokenForAnonymous() {
        settings.put("EVENTS_ANONYMOUS_ENABLED", "true");
        runtimeManager.answer(200);

        assertThat(refusal(access(), "garbage", ACME, "process-instance", "p1").reason())
                .isEqualTo(Reason.UNAUTHENTICATED);
        assertThat(runtimeManager.asked()).isEmpty();
    }

    @Test
    void letsNobodyInWithoutATokenWhileTheAccountHasNone() {
        settings.put("EVENTS_ANONYMOUS_ENABLED", "true");
        settings.put("SPRING_SECURITY_OAUTH2_CLIENT_REGISTRATION_ANONYMOUSIDENTITY_CLIENTSECRET", "wrong");
        Access access = access();
        runtimeManager.answer(200);

        for (int i = 0; i < 10; i++) {
            assertThat(refusal(access, null, ACME, "process-instance", "p" + i).reason())
                    .isEqualTo(Reason.UNAVAILABLE);
        }

        assertThat(keycloak.asked()).hasSize(1);
        assertThat(runtimeManager.asked()).isEmpty();
    }

    @Test
    void confirmsOrganisationsWhereItIsToldTo() throws Exception {
        settings.put("EVENTS_SECURITY_ORGANIZATIONCHECK", "true");
        Access access = access();
        organisationManager.answer(exchange ->
                new Answer(exchange.getRequestURI().getPath().equals("/api/organizations/" + ACME) ? 200 : 404, ""));

        enter(access, token(ACME), "view", "v1");
        assertThat(refusal(access, token(GLOBEX), "view", "v1").reason()).isEqualTo(Reason.FORBIDDEN);

        organisationManager.answer(500);
        enter(access, token(ACME), "view", "v2");
        assertThat(organisationManager.asked()).hasSize(2);
    }

    /** By the same answers, also for what is no destination. */
    @Test
    void decidesAboutAnOrganisationAsAboutItsDestinations() throws Exception {
        settings.put("EVENTS_SECURITY_ORGANIZATIONCHECK", "true");
        Access access = access();
        organisationManager.answer(exchange ->
                new Answer(exchange.getRequestURI().getPath().equals("/api/organizations/" + ACME) ? 200 : 404, ""));
        Credentials ours = new Credentials(token(ACME), null);
        Credentials others = new Credentials(token(GLOBEX), null);

        Identity known = enter(access, ours, "view", "v1");
        Answers.of(access.organisations().check(known, ours));
        Identity unknown = Answers.identity(access.authenticator(), others);
        AccessException refused = catchThrowableOfType(
                AccessException.class, () -> Answers.of(access.organisations().check(unknown, others)));
        assertThat(refused.reason()).isEqualTo(Reason.FORBIDDEN);
        assertThat(refusal(access, token(GLOBEX), "view", "v1").reason()).isEqualTo(Reason.FORBIDDEN);

        assertThat(organisationManager.asked()).hasSize(2);
    }

    @Test
    void asksOnceHoweverATokenIsSpelled() throws Exception {
        settings.put("EVENTS_ACCESS_POLICY", "remote");
        Access access = access();
        runtimeManager.answer(204);
        String token = token(ACME);

        // the last of a signature's 342 characters has four bits that mean nothing
        for (char last : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".toCharArray()) {
            try {
                enter(access, token.substring(0, token.length() - 1) + last, "process-instance", "p1");
            } catch (AccessException forged) {
                assertThat(forged.reason()).isEqualTo(Reason.UNAUTHENTICATED);
            }
        }

        assertThat(runtimeManager.asked()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0001", "\n!!! *** <<<\n", "~", "\u00e9", "=", " ", "."})
    void sendsNothingOnThatIsNoToken(String behind) {
        settings.put("EVENTS_ACCESS_POLICY", "remote");
        settings.put("EVENTS_SECURITY_ORGANIZATIONCHECK", "true");
        runtimeManager.answer(200);
        organisationManager.answer(200);

        assertThat(refusal(access(), token(ACME) + behind, "process-instance", "p1")
                        .reason())
                .isEqualTo(Reason.UNAUTHENTICATED);
        assertThat(runtimeManager.asked()).isEmpty();
        assertThat(organisationManager.asked()).isEmpty();
    }

    @Test
    void sendsNothingOnThatTheAccountsServerMadeUp() {
        settings.put("EVENTS_ANONYMOUS_ENABLED", "true");
        keycloak.answer(exchange -> new Answer(200, "{\"access_token\":\"a\\r\\nX-Evil: 1\"}"));
        runtimeManager.answer(200);

        assertThat(refusal(access(), null, ACME, "process-instance", "p1").reason())
                .isEqualTo(Reason.UNAVAILABLE);
        assertThat(runtimeManager.asked()).isEmpty();
    }

    @Test
    void waitsForNoServiceOnTheCallersThread() throws Exception {
        settings.put("EVENTS_ACCESS_POLICY", "remote");
        settings.put("EVENTS_ANONYMOUS_ENABLED", "true");
        settings.put("EVENTS_SECURITY_ORGANIZATIONCHECK", "true");
        Access access = access();
        Credentials known = new Credentials(token(ACME), null);
        Credentials unknown = new Credentials(token(GLOBEX), null);
        Identity ann = Answers.identity(access.authenticator(), known);
        CountDownLatch over = new CountDownLatch(1);
        for (StandIn service : List.of(keycloak, runtimeManager, organisationManager)) {
            service.answer(exchange -> {
                await(over);
                return new Answer(200, "");
            });
        }

        Destination process = new Destination(ACME, "process-instance", "p1");
        assertThat(access.authenticator().authenticate(known)).isCompleted();
        for (Supplier<CompletionStage<?>> asks : List.<Supplier<CompletionStage<?>>>of(
                () -> access.authenticator().authenticate(unknown),
                () -> access.policy().check(ann, known, process),
                () -> access.policy().check(ann, new Credentials(null, GLOBEX), process))) {
            assertThat(asks.get()).isNotDone();
        }
        over.countDown();
    }

    @Test
    void asksForOneSubjectWithoutKeepingOthersWaiting() throws Exception {
        settings.put("EVENTS_ACCESS_POLICY", "remote");
        Access access = access();
        CountDownLatch over = new CountDownLatch(1);
        runtimeManager.answer(exchange -> {
            if (exchange.getRequestURI().getPath().contains("slow")) {
                await(over);
            }
            return new Answer(200, "");
        });
        Credentials greedy = new Credentials(token(ACME), null);
        Identity ann = Answers.identity(access.authenticator(), greedy);
        List<CompletableFuture<?>> waiting = new ArrayList<>();
        // one more than may be under way; however long it takes, not as many without an answer as make a service be
        // left alone
        for (int i = 0; i < 9; i++) {
            waiting.add(access.policy()
                    .check(ann, greedy, new Destination(ACME, "process-instance", "slow" + i))
                    .toCompletableFuture());
        }

        enter(access, token(ACME, "bob"), "process-instance", "p1");

        over.countDown();
        for (CompletableFuture<?> each : waiting) {
            each.handle((done, failure) -> done).get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void letsTheNextOneAskWhereOneCallerWasRefused() throws Exception {
        settings.put("EVENTS_SECURITY_ORGANIZATIONCHECK", "true");
        Access access = access();
        String eve = token(ACME, "eve");
        organisationManager.answer(exchange -> new Answer(
                exchange.getRequestHeaders().getFirst("Authorization").endsWith(eve) ? 403 : 200, ""));

        assertThat(refusal(access, eve, "view", "v1").reason()).isEqualTo(Reason.UNAVAILABLE);
        enter(access, token(ACME, "ann"), "view", "v1");
        enter(access, eve, "view", "v1");

        assertThat(organisationManager.asked()).hasSize(2);
    }

    @Test
    void asksAboutFewOrganisationsThatAnAddressInvents() throws Exception {
        settings.put("EVENTS_ANONYMOUS_ENABLED", "true");
        settings.put("EVENTS_SECURITY_ORGANIZATIONCHECK", "true");
        Access access = access();
        runtimeManager.answer(200);
        organisationManager.answer(
                exchange -> new Answer(exchange.getRequestURI().getPath().endsWith(ACME) ? 200 : 404, ""));
        long since = System.nanoTime();
        for (int i = 0; i < 1000; i++) {
            String invented = UUID.randomUUID().toString();
            assertThat(catchThrowableOfType(
                            AccessException.class,
                            () -> enter(access, new Credentials(null, invented, "10.0.0.1"), "process-instance", "p1")))
                    .isNotNull();
        }
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - since) + 1;

        assertThat(organisationManager.asked()).hasSizeLessThanOrEqualTo((int) (20 * (seconds + 1)));
        enter(access, new Credentials(null, ACME, "10.0.0.2"), "process-instance", "p1");
        enter(access, token(ACME), "view", "v1");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void takesNoRefusalOfOneCallerForAnUnknownOrganisation(int status) throws Exception {
        settings.put("EVENTS_SECURITY_ORGANIZATIONCHECK", "true");
        Access access = access();
        organisationManager.answer(status);
        assertThat(refusal(access, token(ACME), "view", "v1").reason()).isEqualTo(Reason.UNAVAILABLE);

        organisationManager.answer(200);
        enter(access, token(ACME, "bob"), "view", "v1");
    }

    @Test
    void takesEverybodyAsWhomTheySayTheyAreWhereNobodyIsChecked() throws Exception {
        OpenAuthenticator open = new OpenAuthenticator("default");

        assertThat(Answers.of(open.authenticate(new Credentials("ann", ACME.toUpperCase(Locale.ROOT)))))
                .isEqualTo(new Identity("ann", ACME, Set.of("ann"), Set.of(), null));
        assertThat(Answers.of(open.authenticate(new Credentials("ann", null))).organisation())
                .isEqualTo("default");
        assertThat(Answers.of(open.authenticate(new Credentials("x".repeat(1000), null)))
                        .names())
                .isEmpty();
    }

    @Test
    void keepsUnseenOrganisationsOutWhileNobodyConfirmsThem() {
        settings.put("EVENTS_SECURITY_ORGANIZATIONCHECK", "true");
        organisationManager.close();

        assertThat(refusal(access(), token(ACME), "view", "v1").reason()).isEqualTo(Reason.UNAVAILABLE);
    }

    @Test
    void showsEverybodyTheirOwnOrganisationWhateverElseTheySay() throws Exception {
        Identity identity = enter(access(), new Credentials(token(ACME), GLOBEX), "view", "v1");

        assertThat(identity.organisation()).isEqualTo(ACME);
    }

    @Test
    void neverWritesATokenDown() {
        assertThat(new Credentials("s3cret", ACME).toString()).doesNotContain("s3cret");
    }

    private Access access() {
        return SecuritySettings.access(new Environment(settings), log, IssuerMemory.ofProcess());
    }

    private String token(String organisation) {
        return token(organisation, "ann");
    }

    private String token(String organisation, String subject) {
        return signer.sign(
                keycloak.url() + "/realms/" + organisation, subject, List.of("clerk"), Duration.ofMinutes(5));
    }

    private static Identity enter(Access access, String token, String type, String id) throws AccessException {
        return enter(access, new Credentials(token, null), type, id);
    }

    private static Identity enter(Access access, Credentials credentials, String type, String id)
            throws AccessException {
        Identity identity = Answers.identity(access.authenticator(), credentials);
        Answers.of(access.policy().check(identity, credentials, new Destination(identity.organisation(), type, id)));
        return identity;
    }

    private static AccessException refusal(Access access, String token, String type, String id) {
        return refusal(access, token, null, type, id);
    }

    private static AccessException refusal(Access access, String token, String organisation, String type, String id) {
        AccessException refused = catchThrowableOfType(
                AccessException.class, () -> enter(access, new Credentials(token, organisation), type, id));
        assertThat(refused).isNotNull();
        return refused;
    }
}
