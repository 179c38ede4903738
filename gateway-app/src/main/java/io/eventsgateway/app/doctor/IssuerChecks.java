package io.eventsgateway.app.doctor;

import io.eventsgateway.config.Environment;
import io.eventsgateway.security.IssuerExamination;
import io.eventsgateway.security.IssuerExamination.Discovery;
import io.eventsgateway.security.IssuerExamination.Keys;
import io.eventsgateway.security.SecuritySettings;
import io.eventsgateway.security.TokenExamination;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Looks at who gets in: what issuers publish, and what a token says. Any thread may call.
 *
 * @param token to be explained; null for none
 */
record IssuerChecks(Environment environment, @Nullable String token) {

    private static final String TOKEN = "token";

    /** Tokens are refused that were issued so far in the future. */
    private static final Duration ALLOWED = Duration.ofSeconds(30);

    private static final Duration WORTH_A_WORD = Duration.ofSeconds(5);

    List<Check> checks() {
        if (environment.get(SecuritySettings.TYPE) == SecuritySettings.Type.NONE) {
            return List.of(Check.of(
                    "issuer",
                    () -> List.of(Finding.warn(
                            "issuer",
                            "everybody is let in, by SECURITY_TYPE=none",
                            "for anything but development set SECURITY_TYPE=jwt-public-key"))));
        }
        List<Check> checks = new ArrayList<>();
        IssuerExamination examination = new IssuerExamination();
        for (String issuer : IssuerExamination.issuers(environment)) {
            String name = "issuer " + issuer;
            checks.add(Check.of(name, () -> issuer(examination, issuer)));
        }
        String given = token;
        if (given != null) {
            checks.add(Check.of(TOKEN, () -> token(examination, given)));
        }
        return checks;
    }

    private List<Finding> issuer(IssuerExamination examination, String issuer) throws InterruptedException {
        String name = "issuer " + issuer;
        try {
            var asked = examination.discovery(issuer);
            Keys keys = Answers.await(examination.keys(issuer));
            return judge(name, issuer, keys, Answers.await(asked));
        } catch (ExecutionException | TimeoutException silent) {
            return List.of(Finding.fail(name, "no answer", "see whether a firewall drops what is sent there"));
        }
    }

    /** What is to be said of what an issuer publishes. */
    static List<Finding> judge(String name, String issuer, Keys keys, Discovery discovery) {
        List<Finding> found = new ArrayList<>();
        String at = IssuerExamination.certificates(issuer).toString();
        if (!keys.problem().isEmpty()) {
            found.add(Finding.fail(
                    name,
                    "no keys at " + at + ": " + keys.problem(),
                    keys.problem().contains("404")
                            ? "compare SECURITY_OAUTH2_BASESERVERURL with the iss of a token (--token): Keycloak before 17 has /auth "
                                    + "in its path; a realm that is not there publishes nothing"
                            : "until it answers, clients with tokens that are not known yet are asked to come back"));
        } else if (keys.usable() == 0) {
            found.add(Finding.fail(
                    name,
                    "none of " + keys.published() + " keys at " + at + " can be used",
                    "publish an RSA key of 2048 bits or more, or one of P-256, P-384, P-521"));
        } else {
            found.add(Finding.ok(
                    name,
                    keys.usable() + " of " + keys.published() + " keys can be used"
                            + (keys.newest() == null ? "" : ", the newest since " + keys.newest())));
        }
        if (discovery.problem().isEmpty() && !discovery.issuer().equals(issuer)) {
            found.add(
                    Finding.fail(
                            name,
                            "it calls itself " + discovery.issuer() + ", and its tokens do so too; they are refused",
                            "set SECURITY_OAUTH2_BASESERVERURL (or SECURITY_OAUTH2_ISSUERS) to what it calls itself, which is its public URL"));
        }
        Duration ahead = keys.ahead();
        if (ahead != null && ahead.abs().compareTo(WORTH_A_WORD) > 0) {
            String seen = "this machine's clock is " + ahead.abs().toSeconds() + " s "
                    + (ahead.isNegative() ? "ahead of" : "behind") + " the issuer's";
            found.add(
                    ahead.abs().compareTo(ALLOWED) > 0
                            ? Finding.fail(name, seen + ": good tokens are refused", "have both synchronized (NTP)")
                            : Finding.warn(name, seen, "have both synchronized (NTP)"));
        }
        return found;
    }

    private List<Finding> token(IssuerExamination examination, String given)
            throws InterruptedException, ExecutionException, TimeoutException {
        TokenExamination.Explained explained =
                Answers.await(new TokenExamination(environment, InstantSource.system()).explain(given));
        List<Finding> found = new ArrayList<>();
        for (TokenExamination.Line line : explained.lines()) {
            String name = TOKEN + " " + line.claim();
            found.add(line.good() ? Finding.ok(name, line.seen()) : Finding.fail(name, line.seen(), line.advice()));
        }
        String issuer = explained.issuer();
        if (issuer != null && !IssuerExamination.issuers(environment).contains(issuer)) {
            found.addAll(issuer(examination, issuer));
        }
        return found;
    }
}
