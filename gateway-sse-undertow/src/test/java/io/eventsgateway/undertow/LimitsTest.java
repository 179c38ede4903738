package io.eventsgateway.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.auth.Identity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LimitsTest {

    private static final int ANY = Integer.MAX_VALUE;
    private static final String HERE = "10.0.0.1";

    private final Set<Refusal> reasons = EnumSet.noneOf(Refusal.class);

    @Test
    void takesSoManyRequestsASecond() {
        Limits limits = limits(3, 2, new Bounds(ANY, ANY, ANY, ANY));

        assertThat(IntStream.range(0, 100)
                        .filter(i -> limits.takesSubject("a/ann"))
                        .count())
                .isBetween(3L, 6L);
        assertThat(limits.takesSubject("a/bob")).isTrue();
        assertThat(IntStream.range(0, 100)
                        .filter(i -> limits.takesAddress(HERE))
                        .count())
                .isBetween(2L, 4L);
        assertThat(limits.takesAddress("10.0.0.2")).isTrue();
        assertThat(enter(limits, somebody("eve"), HERE, 1, 100)).hasSizeBetween(3, 5);
        assertThat(reasons).contains(Refusal.RATE);
    }

    @Test
    void countsASubjectsStreamsWhereverTheyComeFrom() {
        Limits limits = limits(0, 0, new Bounds(ANY, ANY, ANY, ANY));

        Limits.Place first = enter(limits, somebody("ann"), HERE, 1, 4).get(0);
        assertThat(enter(limits, somebody("ann"), "10.0.0.2", 1, 4)).hasSize(1);

        first.leave();
        first.leave();
        assertThat(enter(limits, somebody("ann"), HERE, 1, 4)).hasSize(1);
        assertThat(enter(limits, somebody("bob"), HERE, 1, 4)).hasSize(4);
    }

    @Test
    void countsTheDestinationsOfASubjectsStreamsTogether() {
        Limits limits = limits(0, 0, new Bounds(100, ANY, ANY, ANY));

        Limits.Place large = enter(limits, somebody("ann"), HERE, 64, 1).get(0);
        assertThat(enter(limits, somebody("ann"), HERE, 64, 1)).isEmpty();
        assertThat(enter(limits, somebody("ann"), HERE, 36, 1)).hasSize(1);
        assertThat(enter(limits, somebody("ann"), HERE, 1, 1)).isEmpty();

        large.leave();
        assertThat(enter(limits, somebody("ann"), HERE, 64, 1)).hasSize(1);
        assertThat(reasons).containsExactly(Refusal.SUBJECT_LIMIT);
    }

    @Test
    void countsStreamsWithoutATokenByAddressAndOrganisationAndInAll() {
        Limits limits = limits(0, 0, new Bounds(10, ANY, 3, 7));

        assertThat(enter(limits, nobody("acme"), HERE, 64, 10)).hasSize(3);
        assertThat(enter(limits, nobody("globex"), HERE, 64, 10)).hasSize(3);
        Limits.Place last = enter(limits, nobody("acme"), "10.0.0.2", 1, 10).get(0);
        assertThat(enter(limits, nobody("acme"), "10.0.0.3", 1, 10)).isEmpty();
        assertThat(enter(limits, somebody("ann"), HERE, 1, 1)).hasSize(1);

        last.leave();
        last.leave();
        assertThat(enter(limits, nobody("acme"), "10.0.0.3", 1, 10)).hasSize(1);
        assertThat(reasons).containsExactlyInAnyOrder(Refusal.ADDRESS_LIMIT, Refusal.FULL);
    }

    @Test
    void givesDestinationsAQuarterOfTheHeap() {
        assertThat(Bounds.destinations(128L << 20)).isEqualTo(12_427);
        assertThat(Bounds.destinations(Long.MAX_VALUE)).isEqualTo(Integer.MAX_VALUE);
    }

    private List<Limits.Place> enter(Limits limits, Identity identity, String address, int destinations, int times) {
        List<Limits.Place> places = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            try {
                places.add(limits.enter(identity, address, destinations));
            } catch (TurnedAwayException later) {
                reasons.add(later.reason());
            }
        }
        return places;
    }

    private static Identity somebody(String subject) {
        return new Identity(subject, "acme", Set.of(subject), Set.of(), null);
    }

    private static Identity nobody(String organisation) {
        return new Identity("anonymous", organisation, Set.of(), Set.of(), null);
    }

    private static Limits limits(int ratePerSubject, int ratePerAddress, Bounds bounds) {
        return new Limits(TestOptions.of(o -> {
            o.heartbeat = Duration.ofSeconds(15);
            o.cleanupInterval = Duration.ofMinutes(5);
            o.cleanupMaxAge = Duration.ofMinutes(10);
            o.ratePerSubject = ratePerSubject;
            o.ratePerAddress = ratePerAddress;
            o.bounds = bounds;
        }));
    }
}
