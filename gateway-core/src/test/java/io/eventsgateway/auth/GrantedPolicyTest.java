package io.eventsgateway.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.Payload;
import io.eventsgateway.Source;
import io.eventsgateway.auth.AccessException.Reason;
import io.eventsgateway.log.Admission;
import io.eventsgateway.log.Entry;
import io.eventsgateway.log.EventLog;
import io.eventsgateway.log.ForwardingEventLog;
import io.eventsgateway.log.InMemoryEventLog;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class GrantedPolicyTest {

    private static final Destination VIEW = new Destination("acme", "view", "1");

    private final EventLog log = new InMemoryEventLog(Duration.ofHours(1), InstantSource.system());
    private final AccessPolicy policy = new GrantedPolicy(log);
    private long offset;

    @Test
    void letsInWhoIsNamedByNameOrRole() {
        append(Event.connect(Set.of("ann"), Set.of("clerk")));

        assertLetsIn(policy, somebody("f:1", "ann"), VIEW);
        assertLetsIn(policy, new Identity("f:2", "acme", Set.of("f:2"), Set.of("clerk"), null), VIEW);
        assertThat(refusal(policy, somebody("f:3", "bob"))).isEqualTo(Reason.FORBIDDEN);
    }

    @Test
    void asksToComeBackWhereNobodyIsNamedYet() {
        assertThat(refusal(policy, somebody("f:1", "ann"))).isEqualTo(Reason.UNAVAILABLE);
        append(Event.message("data", Payload.EMPTY));
        assertThat(refusal(policy, somebody("f:1", "ann"))).isEqualTo(Reason.UNAVAILABLE);
    }

    @Test
    void tellsWhomADisconnectNamedThatItIsOver() {
        append(Event.connect(Set.of("ann"), Set.of()));
        append(Event.disconnect(Set.of("ann"), Payload.EMPTY));

        assertThat(refusal(policy, somebody("f:1", "ann"))).isEqualTo(Reason.ENDED);
        assertThat(refusal(policy, somebody("f:2", "bob"))).isEqualTo(Reason.UNAVAILABLE);
        append(Event.disconnect(Set.of(), Payload.EMPTY));
        assertThat(refusal(policy, somebody("f:2", "bob"))).isEqualTo(Reason.ENDED);
    }

    @Test
    void letsEverybodyInToTheirOwn() {
        assertLetsIn(policy, somebody("f:1", "ann"), new Destination("acme", "user", "f:1"));
    }

    @Test
    void letsNobodyInWithoutAnAnswer() {
        AccessPolicy unsure = new GrantedPolicy(new ForwardingEventLog() {
            @Override
            protected EventLog delegate() {
                return log;
            }

            @Override
            public CompletionStage<Admission> admission(Destination destination, Set<String> names, Set<String> roles) {
                return CompletableFuture.failedStage(new IllegalStateException("not there"));
            }
        });

        assertThat(refusal(unsure, somebody("f:1", "ann"))).isEqualTo(Reason.UNAVAILABLE);
    }

    @Test
    void waitsForNobody() {
        CompletableFuture<Admission> answer = new CompletableFuture<>();
        AccessPolicy slow = new GrantedPolicy(new ForwardingEventLog() {
            @Override
            protected EventLog delegate() {
                return log;
            }

            @Override
            public CompletionStage<Admission> admission(Destination destination, Set<String> names, Set<String> roles) {
                return answer;
            }
        });

        CompletableFuture<?> asked =
                slow.check(somebody("f:1", "ann"), Credentials.NONE, VIEW).toCompletableFuture();

        assertThat(asked).isNotDone();
        answer.complete(Admission.NAMED);
        assertThat(asked).isCompleted();
    }

    private void append(Event event) {
        Source source = new Source("topic", "id", 0, offset++);
        log.append(List.of(), List.of(new Entry(VIEW, event, source, null)))
                .toCompletableFuture()
                .join();
    }

    private static Identity somebody(String subject, String name) {
        return new Identity(subject, "acme", Set.of(subject, name), Set.of(), null);
    }

    private static void assertLetsIn(AccessPolicy policy, Identity identity, Destination destination) {
        assertThat(policy.check(identity, Credentials.NONE, destination).toCompletableFuture())
                .isCompleted();
    }

    private static Reason refusal(AccessPolicy policy, Identity identity) {
        return AccessException.of(policy.check(identity, Credentials.NONE, VIEW)
                        .toCompletableFuture()
                        .handle((yes, failure) -> failure)
                        .join())
                .reason();
    }
}
