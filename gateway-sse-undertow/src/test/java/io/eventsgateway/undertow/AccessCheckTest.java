package io.eventsgateway.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.Destination;
import io.eventsgateway.auth.AccessException;
import io.eventsgateway.auth.AccessException.Reason;
import io.eventsgateway.auth.AccessPolicy;
import io.eventsgateway.auth.Credentials;
import io.eventsgateway.auth.Identity;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AccessCheckTest {

    private static final Identity ANN = new Identity("ann", "acme", Set.of("ann"), Set.of(), null);

    /** What was asked, in its order, to be answered by the test. */
    private final Map<Destination, CompletableFuture<Object>> asked = new HashMap<>();

    private final AccessPolicy policy = (identity, credentials, destination) ->
            asked.computeIfAbsent(destination, each -> new CompletableFuture<>());

    @Test
    void isCompleteAtOnceWhereNobodyHasToBeAsked() {
        List<Destination> all = views(64);

        assertThat(new AccessCheck(AccessPolicy.AUTHENTICATED, ANN, Credentials.NONE, all).begin())
                .isCompletedWithValue(Set.copyOf(all));
    }

    @Test
    void asksForSeveralAtOnceAndForTheNextWithEachAnswer() {
        List<Destination> all = views(64);
        CompletableFuture<Set<Destination>> result = check(all);

        assertThat(asked).hasSize(8);
        answer(all.get(7), null);
        answer(all.get(0), null);
        assertThat(asked).hasSize(10);
        for (int i = 0; i < 64; i++) {
            assertThat(result).isNotDone();
            answer(all.get(i), null);
        }

        assertThat(result).isCompletedWithValue(Set.copyOf(all));
    }

    @Test
    void asksNoMoreAfterAnAnswerThatDecides() {
        List<Destination> all = views(64);
        CompletableFuture<Set<Destination>> result = check(all);

        answer(all.get(3), Reason.FORBIDDEN);

        assertThat(refusal(result)).isEqualTo(Reason.FORBIDDEN);
        all.subList(0, 8).forEach(each -> answer(each, null));
        assertThat(asked).hasSize(8);
    }

    @Test
    void asksNoMoreWhenItIsStopped() {
        List<Destination> all = views(64);
        AccessCheck check = new AccessCheck(policy, ANN, Credentials.NONE, all);
        check.begin();

        check.stop();

        all.subList(0, 8).forEach(each -> answer(each, null));
        assertThat(asked).hasSize(8);
    }

    @Test
    void leavesOutWhatWasEndedWhileThereIsSomethingElse() {
        List<Destination> all = views(3);
        CompletableFuture<Set<Destination>> some = check(all);
        answer(all.get(0), Reason.ENDED);
        answer(all.get(1), null);
        answer(all.get(2), Reason.ENDED);
        assertThat(some).isCompletedWithValue(Set.of(all.get(1)));

        asked.clear();
        CompletableFuture<Set<Destination>> none = check(all);
        all.forEach(each -> answer(each, Reason.ENDED));
        assertThat(refusal(none)).isEqualTo(Reason.ENDED);
    }

    @Test
    void isContentWithOneOfTwoOrganisations() {
        Destination own = new Destination("acme", "view", "1");
        Destination shared = new Destination("default", "view", "1");
        CompletableFuture<Set<Destination>> one = check(List.of(own, shared));
        answer(own, Reason.FORBIDDEN);
        assertThat(one).isNotDone();
        answer(shared, null);
        assertThat(one).isCompletedWithValue(Set.of(shared));

        for (List<Destination> order : List.of(List.of(own, shared), List.of(shared, own))) {
            asked.clear();
            CompletableFuture<Set<Destination>> neither = check(List.of(own, shared));
            answer(order.get(0), Reason.ENDED);
            answer(order.get(1), Reason.UNAVAILABLE);
            assertThat(refusal(neither)).isEqualTo(Reason.UNAVAILABLE);
        }
    }

    @Test
    void failsAsThePolicyDoes() {
        IllegalStateException bug = new IllegalStateException("told to");
        AccessPolicy throwing = (identity, credentials, destination) -> {
            throw bug;
        };

        assertThat(new AccessCheck(throwing, ANN, Credentials.NONE, views(64)).begin())
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withCause(bug);
    }

    private CompletableFuture<Set<Destination>> check(List<Destination> all) {
        return new AccessCheck(policy, ANN, Credentials.NONE, all).begin();
    }

    private void answer(Destination destination, @Nullable Reason refused) {
        CompletableFuture<Object> question = asked.get(destination);
        if (refused == null) {
            question.complete("yes");
        } else {
            question.completeExceptionally(new AccessException(refused, "No."));
        }
    }

    private static Reason refusal(CompletableFuture<?> result) {
        assertThat(result).isDone();
        return AccessException.of(result.handle((done, failure) -> failure).join())
                .reason();
    }

    private static List<Destination> views(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Destination("acme", "view", "v" + i))
                .toList();
    }
}
