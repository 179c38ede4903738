package io.eventsgateway.app.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.Source;
import io.eventsgateway.app.console.RecentLetters.Letter;
import io.eventsgateway.app.console.RecentLetters.Seen;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.route.DeadLetters;
import io.eventsgateway.route.InboundRecord;
import io.eventsgateway.route.InboundRecord.Header;
import io.eventsgateway.topic.Feed;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class RecentLettersTest {

    private static final String OURS = "5f24c66f-04a7-433a-b64a-a765d3b8121a";
    private static final String OTHERS = "00000000-0000-4000-8000-000000000000";
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private final RecentLetters letters = new RecentLetters("shared", InstantSource.fixed(NOW));
    private final DeadLetters taken = letters.around((in, reason) -> CompletableFuture.completedStage(null));

    @Test
    void rememberWhereARecordStoodAndWhyButNotWhatItSays() {
        taken.send(record(7, OURS, "secret"), "not JSON\n: unexpected byte at 0");

        assertThat(seenBy(OURS).letters())
                .containsExactly(new Letter(
                        NOW, OURS, "task-message", "tasks-2@7", "not JSON?: unexpected byte at 0", "secret".length()));
    }

    @Test
    void showOnlyTheOwnAndTheSharedOrganisations() {
        taken.send(record(1, OURS.toUpperCase(Locale.ROOT), "{"), "ours");
        taken.send(record(2, OTHERS, "{"), "of another");
        taken.send(record(3, null, "{"), "names none");
        taken.send(record(4, "no UUID", "{"), "names nothing that is one");

        assertThat(reasons(seenBy(OURS))).containsExactly("names none", "ours");
        assertThat(seenBy(OURS).others()).isEqualTo(2);
        assertThat(reasons(seenBy(OTHERS))).containsExactly("names none", "of another");
    }

    @Test
    void showNobodyWhatNamesNoOrganisationWhereEveryRecordMust() {
        RecentLetters strict = new RecentLetters(null, InstantSource.fixed(NOW));
        strict.around((in, reason) -> CompletableFuture.completedStage(null))
                .send(record(1, null, "{}"), "no header Fx-Organization-Id");

        assertThat(strict.seenBy(identity(OURS)).letters()).isEmpty();
        assertThat(strict.seenBy(identity(OURS)).others()).isEqualTo(1);
    }

    @Test
    void waitForTheTopicThatKeepsThem() {
        CompletableFuture<Void> acknowledged = new CompletableFuture<>();
        DeadLetters slow = letters.around((in, reason) -> acknowledged);
        slow.send(record(1, OURS, "{"), "not JSON");
        assertThat(seenBy(OURS).letters()).isEmpty();

        acknowledged.complete(null);

        assertThat(seenBy(OURS).letters()).hasSize(1);
    }

    @Test
    void forgetTheOldest() {
        for (int offset = 0; offset <= RecentLetters.MOST; offset++) {
            taken.send(record(offset, OURS, "{"), "letter " + offset);
        }

        assertThat(reasons(seenBy(OURS)))
                .hasSize(RecentLetters.MOST)
                .startsWith("letter " + RecentLetters.MOST)
                .endsWith("letter 1");
    }

    @Test
    void areNotPushedOutByAnotherOrganisation() {
        taken.send(record(1, OURS, "{"), "ours");
        taken.send(record(2, null, "{"), "of nobody");
        for (int offset = 0; offset < 10 * RecentLetters.MOST; offset++) {
            taken.send(record(offset, OTHERS, "{"), "letter " + offset);
        }

        assertThat(reasons(seenBy(OURS))).containsExactly("of nobody", "ours");
        assertThat(reasons(seenBy(OTHERS)))
                .hasSize(RecentLetters.MOST - 1)
                .startsWith("letter " + (10 * RecentLetters.MOST - 1))
                .endsWith("of nobody");
    }

    /** Each of many keeps its newest. */
    @Test
    void forgetTheOldestOfOrganisationsThatHaveAsMany() {
        for (int i = 0; i <= RecentLetters.MOST; i++) {
            taken.send(record(i, organisation(i), "{"), "letter " + i);
        }
        taken.send(record(1, organisation(RecentLetters.MOST), "{"), "another");

        assertThat(reasons(seenBy(organisation(0)))).isEmpty();
        assertThat(reasons(seenBy(organisation(1)))).containsExactly("letter 1");
        assertThat(reasons(seenBy(organisation(RecentLetters.MOST)))).containsExactly("another");
    }

    private static String organisation(int number) {
        return new UUID(0, number).toString();
    }

    private Seen seenBy(String organisation) {
        return letters.seenBy(identity(organisation));
    }

    private static List<String> reasons(Seen seen) {
        return seen.letters().stream().map(Letter::reason).toList();
    }

    private static Identity identity(String organisation) {
        return new Identity("ann", organisation, Set.of("ann"), Set.of(), null);
    }

    private static InboundRecord record(long offset, String organisation, String value) {
        List<Header> headers = organisation == null
                ? List.of()
                : List.of(new Header("Fx-Organization-Id", organisation.getBytes(StandardCharsets.UTF_8)));
        return new InboundRecord(
                Feed.TASK_MESSAGE,
                new Source("tasks", "id", 2, offset),
                null,
                value.getBytes(StandardCharsets.UTF_8),
                headers);
    }
}
