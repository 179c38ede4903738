package io.eventsgateway.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.EventId;
import io.eventsgateway.Payload;
import io.eventsgateway.Source;
import io.eventsgateway.lane.Found;
import io.eventsgateway.lane.Lane;
import io.eventsgateway.lane.LaneClaims;
import io.eventsgateway.lane.LaneCommit;
import io.eventsgateway.lane.LaneReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every log must do. A subclass gives the log, and how time passes for it. */
public abstract class EventLogContract {

    /** How long the logs under test keep events. */
    protected static final Duration RETENTION = Duration.ofSeconds(2);

    private final Destination destination = destination();
    private final String topicId = UUID.randomUUID().toString();
    private final Lane lane = new Lane("group", topicId, 0);

    /** A run of the contract. */
    protected EventLogContract() {}

    /** The log under test; it keeps events for {@link #RETENTION}. */
    protected abstract EventLog log();

    /** Lets time pass for the log. */
    protected abstract void pass(Duration time);

    /** Has the log forget the data of large events, which outlive what refers to them. */
    protected abstract void forgetData();

    @Test
    void numbersEventsOfADestinationWithoutAHole() {
        append(entry(0, "a"), entry(1, "b"));
        append(entry(2, "c"));

        Page page = read(null);

        assertThat(names(page)).containsExactly("a", "b", "c");
        assertThat(page.base()).isEqualTo(EventId.START);
        EventId previous = EventId.START;
        for (int i = 0; i < 3; i++) {
            StoredEvent stored = page.events().get(i);
            assertThat(stored.id().sequence()).isEqualTo(i + 1);
            assertThat(stored.id().epoch()).isEqualTo(page.end().epoch());
            assertThat(stored.previous()).isEqualTo(previous);
            previous = stored.id();
        }
        assertThat(tail().end()).isEqualTo(page.end());
    }

    @Test
    void readsOnlyWhatComesAfterAPosition() {
        append(entry(0, "a"), entry(1, "b"), entry(2, "c"));
        EventId first = read(null).events().get(0).id();

        Page page = read(first);

        assertThat(names(page)).containsExactly("b", "c");
        assertThat(page.gap()).isEqualTo(Gap.NONE);
        assertThat(read(page.end()).events()).isEmpty();
        assertThat(read(page.end()).gap()).isEqualTo(Gap.NONE);
    }

    @Test
    void takesARecordOnlyOnce() {
        Appended first = append(entry(5, "a"), entry(6, "b"));
        Appended again = append(entry(5, "a"), entry(6, "b"), entry(7, "c"));

        assertThat(first).isEqualTo(new Appended(2, 0, List.of()));
        assertThat(again).isEqualTo(new Appended(1, 2, List.of()));
        assertThat(names(read(null))).containsExactly("a", "b", "c");
    }

    @Test
    void knowsTheLastRecordOfEachPartition() {
        append(entry(5, "a"), entry(6, "b"));
        append(new Entry(destination, message("c"), new Source("t", topicId, 1, 7), null));

        assertThat(log().sources(destination).toCompletableFuture().join())
                .containsOnly(Map.entry(topicId + "-0", 6L), Map.entry(topicId + "-1", 7L));
        assertThat(log().sources(destination()).toCompletableFuture().join()).isEmpty();
    }

    @Test
    void takesTheSameOffsetOfAnotherPartitionOrOfATopicMadeAgain() {
        append(entry(0, "a"));
        append(new Entry(destination, message("b"), new Source("t", topicId, 1, 0), null));
        append(new Entry(
                destination, message("c"), new Source("t", UUID.randomUUID().toString(), 0, 0), null));

        assertThat(names(read(null))).containsExactly("a", "b", "c");
    }

    @Test
    void takesAProducersEventIdOnlyOnce() {
        append(new Entry(destination, message("a"), source(0), "order-1"));
        Appended again = append(
                new Entry(destination, message("a"), source(1), "order-1"),
                new Entry(destination, message("b"), source(2), "order-2"));

        assertThat(again).isEqualTo(new Appended(1, 1, List.of()));
        assertThat(names(read(null))).containsExactly("a", "b");
    }

    @Test
    void keepsDestinationsAndOrganisationsApart() {
        Destination other = new Destination("elsewhere", destination.type(), destination.id());
        append(entry(0, "a"), new Entry(other, message("b"), source(1), null));

        assertThat(names(read(null))).containsExactly("a");
        assertThat(names(await(log().read(other, null, 10, 1000)))).containsExactly("b");
    }

    @Test
    void keepsEverythingOfAnEvent() {
        byte[] bytes = "{\"a\":\"ü€\\n\",\n\"b\": [1,\t2]}".getBytes(StandardCharsets.UTF_8);
        Event connect = Event.connect(Set.of("ann", "bob"), Set.of("chief"));
        append(
                new Entry(destination, Event.message("näme", Payload.of(bytes)), source(0), null),
                new Entry(destination, connect, source(1), null));

        List<StoredEvent> events = read(null).events();

        assertThat(events.get(0).event()).isEqualTo(Event.message("näme", Payload.of(bytes)));
        assertThat(events.get(1).event()).isEqualTo(connect);
    }

    @Test
    void givesPagesOfNoMoreThanAskedFor() {
        append(entry(0, "a"), entry(1, "b"), entry(2, "c"), entry(3, "d"));

        Page byCount = await(log().read(destination, null, 3, 1000));
        Page byBytes = await(log().read(destination, null, 10, 50));
        Page rest = await(log().read(destination, byCount.end(), 10, 1000));

        assertThat(names(byCount)).containsExactly("a", "b", "c");
        assertThat(byCount.more()).isTrue();
        assertThat(names(byBytes)).startsWith("a");
        assertThat(byBytes.more()).isEqualTo(byBytes.events().size() < 4);
        assertThat(names(rest)).containsExactly("d");
        assertThat(rest.more()).isFalse();
    }

    @Test
    void appendsABatchOfManyEventsInOrder() {
        List<Entry> batch = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            batch.add(entry(i, "e" + i));
            expected.add("e" + i);
        }

        long begun = System.nanoTime();
        assertThat(append(batch.toArray(Entry[]::new))).isEqualTo(new Appended(1000, 0, List.of()));
        List<String> read = names(await(log().read(destination, null, 2000, 10_000_000)));

        // on a busy machine the first ones may be too old by then
        assertThat(expected).endsWith(read.toArray(String[]::new));
        if (System.nanoTime() - begun < RETENTION.toNanos() / 2) {
            assertThat(read).isEqualTo(expected);
        }
    }

    @Test
    void expiresEventsByTheirAge() {
        append(entry(0, "a"));
        EventId first = read(null).end();
        pass(RETENTION.dividedBy(2));
        append(entry(1, "b"));
        pass(RETENTION.dividedBy(2).plusMillis(200));

        Page all = read(null);

        assertThat(names(all)).containsExactly("b");
        assertThat(read(first).gap()).isEqualTo(Gap.NONE);
        assertThat(read(EventId.START).gap()).isEqualTo(Gap.EXPIRED);
        assertThat(names(read(EventId.START))).containsExactly("b");
    }

    @Test
    void tellsAGapFromSilenceWhenAllHasExpired() {
        append(entry(0, "a"), entry(1, "b"));
        Page before = read(null);
        pass(RETENTION.plusMillis(200));

        assertThat(read(before.end()).gap()).isEqualTo(Gap.NONE);
        assertThat(read(before.events().get(0).id()).gap()).isEqualTo(Gap.EXPIRED);
        assertThat(read(before.end()).events()).isEmpty();
    }

    @Test
    void goesOnCountingAfterAllHasExpired() {
        append(entry(0, "a"));
        EventId last = tail().end();
        pass(RETENTION.plusMillis(200));
        append(entry(1, "b"));

        assertThat(read(last).gap()).isEqualTo(Gap.NONE);
        assertThat(names(read(last))).containsExactly("b");
    }

    @Test
    void recognisesPositionsThatAreNotOfThisLog() {
        append(entry(0, "a"), entry(1, "b"));
        EventId end = tail().end();
        EventId foreign = new EventId(end.epoch() == 1 ? 2 : 1, end.millis(), 1);
        EventId ahead = new EventId(end.epoch(), end.millis() + 1000, 9);
        EventId rolledBack = new EventId(end.epoch(), end.millis() + 1000, 2);

        for (EventId position : List.of(foreign, ahead, rolledBack)) {
            assertThat(read(position).gap()).isEqualTo(Gap.REPLACED);
            assertThat(names(read(position))).containsExactly("a", "b");
        }
    }

    @Test
    void knowsNothingOfADestinationThatNeverWas() {
        assertThat(tail()).isEqualTo(new LogEnd(EventId.START, Gate.OPEN));
        assertThat(read(null)).isEqualTo(new Page(Gap.NONE, EventId.START, List.of(), false, null));
        assertThat(read(EventId.START).gap()).isEqualTo(Gap.NONE);
        assertThat(read(new EventId(5, 5, 5)).gap()).isEqualTo(Gap.REPLACED);
    }

    @Test
    void closesWithADisconnectAndOpensEmptyWithTheNextMessage() {
        append(entry(0, "a"), new Entry(destination, Event.disconnect(Set.of(), Payload.EMPTY), source(1), null));
        assertThat(tail().gate().closed()).isTrue();
        assertThat(names(read(null))).containsExactly("a", "disconnect");
        EventId end = tail().end();

        append(entry(2, "b"));

        assertThat(tail().gate()).isEqualTo(Gate.OPEN);
        assertThat(names(read(null))).containsExactly("b");
        assertThat(read(end).gap()).isEqualTo(Gap.NONE);
    }

    @Test
    void remembersWhomConnectsAndDisconnectsName() {
        append(
                entry(0, Event.connect(Set.of("ann", "bob"), Set.of("chief"))),
                entry(1, Event.disconnect(Set.of("bob"), Payload.EMPTY)));
        assertThat(tail().gate()).isEqualTo(new Gate(false, Set.of("bob")));
        assertThat(admission(Set.of("ann"))).isEqualTo(Admission.NAMED);
        assertThat(admission(Set.of("bob"), "chief")).isEqualTo(Admission.ENDED);
        assertThat(admission(Set.of("cid", "eve"), "clerk", "chief")).isEqualTo(Admission.NAMED);
        assertThat(admission(Set.of("chief"), "ann")).isEqualTo(Admission.OTHERS);

        append(entry(2, Event.connect(Set.of("bob"), Set.of())));
        assertThat(tail().gate()).isEqualTo(Gate.OPEN);
        assertThat(admission(Set.of("bob"))).isEqualTo(Admission.NAMED);

        append(entry(3, Event.disconnect(Set.of(), Payload.EMPTY)));
        assertThat(tail().gate()).isEqualTo(new Gate(true, Set.of()));
        assertThat(admission(Set.of("ann"))).isEqualTo(Admission.ENDED);

        append(entry(4, Event.connect(Set.of(), Set.of())));
        assertThat(tail().gate()).isEqualTo(Gate.OPEN);
        assertThat(admission(Set.of("ann"), "chief")).isEqualTo(Admission.NOBODY);
    }

    @Test
    void keepsADestinationEndedAndItsEventsWhenADisconnectOfOneFollows() {
        append(entry(0, "a"), entry(1, Event.disconnect(Set.of(), Payload.EMPTY)));

        append(entry(2, Event.disconnect(Set.of("ann"), Payload.EMPTY)));

        assertThat(tail().gate()).isEqualTo(new Gate(true, Set.of("ann")));
        assertThat(names(read(null))).containsExactly("a", "disconnect", "disconnect");
    }

    /** One rule, written down twice: whoever changes one of them without the other fails here. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void agreesWithTheRulesOnAnySequenceOfEvents(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            Destination any = destination();
            List<Entry> sequence = new ArrayList<>();
            int length = 1 + random.nextInt(10);
            for (int i = 0; i < length; i++) {
                sequence.add(new Entry(any, anyEvent(random), source(i), null));
            }
            int cut = random.nextInt(length);
            long begun = System.nanoTime();
            Gate gate = Gate.OPEN;
            Grants grants = Grants.NONE;
            List<String> retained = new ArrayList<>();
            EventId between = null;
            for (List<Entry> batch : List.of(sequence.subList(0, cut), sequence.subList(cut, length))) {
                await(log().append(List.of(), batch));
                for (Entry entry : batch) {
                    Gate before = gate;
                    gate = before.after(entry.event());
                    grants = grants.after(before, entry.event());
                    if (before.closed() && !gate.closed()) {
                        retained.clear();
                    }
                    retained.add(entry.event().name());
                }
                LogEnd tail = await(log().end(any));
                String story = "seed " + seed + ", after " + batch.size() + " of " + sequence;
                assertThat(tail.gate()).as(story).isEqualTo(gate);
                for (String name : List.of("ann", "bob", "cid")) {
                    for (Set<String> roles : List.<Set<String>>of(Set.of(), Set.of("chief"), Set.of("clerk", "ann"))) {
                        assertThat(await(log().admission(any, Set.of(name), roles)))
                                .as(story)
                                .isEqualTo(grants.admission(gate, Set.of(name), roles));
                    }
                }
                Page page = await(log().read(any, null, 100, 1_000_000));
                Page later = await(log().read(any, between, 100, 1_000_000));
                if (System.nanoTime() - begun < RETENTION.toNanos() / 2) {
                    assertThat(names(page)).as(story).isEqualTo(retained);
                    if (between != null && !page.events().isEmpty()) {
                        StoredEvent next = next(page, between);
                        assertThat(later.gap())
                                .as(story)
                                .isEqualTo(Gap.between(
                                        between,
                                        tail.end(),
                                        next == null ? null : next.id(),
                                        next == null ? null : next.previous()));
                    }
                }
                between = batch.isEmpty() ? null : tail.end();
            }
        }
    }

    private static @Nullable StoredEvent next(Page page, EventId after) {
        return page.events().stream()
                .filter(stored -> stored.id().sequence() > after.sequence())
                .findFirst()
                .orElse(null);
    }

    private static Event anyEvent(Random random) {
        return switch (random.nextInt(6)) {
            case 0, 1 -> message("m" + random.nextInt(100));
            case 2, 3 -> Event.connect(any(random, "ann", "bob", "cid"), any(random, "chief", "clerk"));
            case 4 -> Event.disconnect(any(random, "ann", "bob", "cid"), Payload.EMPTY);
            default -> Event.disconnect(Set.of(), Payload.EMPTY);
        };
    }

    private static Set<String> any(Random random, String... names) {
        return Arrays.stream(names).filter(name -> random.nextInt(3) == 0).collect(Collectors.toSet());
    }

    @Test
    void refusesAConnectThatNamesMoreThanADestinationCan() {
        int each = 1_000;
        for (int i = 0; i < Gate.MAX_NAMES; i += each) {
            append(entry(i, Event.connect(names("s", i, each), Set.of())));
        }
        Entry same = entry(Gate.MAX_NAMES, Event.connect(Set.of("s0", "s1"), Set.of()));
        Entry beyond = entry(Gate.MAX_NAMES + 1, Event.connect(Set.of("s2", "beyond"), Set.of()));
        Entry after = entry(Gate.MAX_NAMES + 2, "after");

        append(same);
        CompletionStage<Appended> refused = log().append(List.of(), List.of(beyond, after));

        assertThatThrownBy(() -> await(refused))
                .hasRootCauseInstanceOf(RefusedException.class)
                .hasMessageContaining("10000");
        assertThat(admission(Set.of("beyond"))).isEqualTo(Admission.OTHERS);
        assertThat(admission(Set.of("s9999"))).isEqualTo(Admission.NAMED);
        assertThat(append(after)).isEqualTo(new Appended(1, 0, List.of()));
        assertThat(append(beyond, after)).isEqualTo(new Appended(0, 2, List.of()));
    }

    @Test
    void refusesADisconnectThatExcludesMoreThanADestinationCan() {
        append(entry(0, Event.disconnect(names("s", 0, Gate.MAX_NAMES), Payload.EMPTY)));
        Entry beyond = entry(1, Event.disconnect(Set.of("beyond"), Payload.EMPTY));

        assertThatThrownBy(() -> await(log().append(List.of(), List.of(beyond))))
                .hasRootCauseInstanceOf(RefusedException.class);

        assertThat(tail().gate().excluded()).hasSize(Gate.MAX_NAMES);
        append(entry(2, Event.connect(Set.of("s1"), Set.of())));
        assertThat(append(entry(3, Event.disconnect(Set.of("beyond"), Payload.EMPTY))))
                .isEqualTo(new Appended(1, 0, List.of()));
    }

    private static Set<String> names(String prefix, int from, int count) {
        return IntStream.range(from, from + count).mapToObj(i -> prefix + i).collect(Collectors.toSet());
    }

    @Test
    void tellsFollowersOfWhatIsAppended() throws InterruptedException {
        Told told = new Told();
        try (EventReader.Following following = log().follow(destination, told)) {
            assertThat(told.calls.poll(30, TimeUnit.SECONDS)).isEqualTo("wake");

            append(entry(0, "a"), entry(1, "b"));

            EventId first = read(null).events().get(0).id();
            assertThat(told.next()).isEqualTo("1 a after " + EventId.START);
            assertThat(told.next()).isEqualTo("2 b after " + first);
        }
        told.calls.clear();
        append(entry(2, "c"));
        append(entry(3, "d"));
        assertThat(told.calls).isEmpty();
    }

    @Test
    void tellsOfALargeEventSoThatItIsRead() throws InterruptedException {
        Told told = new Told();
        byte[] large = new byte[3_000_000];
        Arrays.fill(large, (byte) '7');
        try (EventReader.Following following = log().follow(destination, told)) {
            assertThat(told.calls.poll(30, TimeUnit.SECONDS)).isEqualTo("wake");

            append(new Entry(destination, Event.message("large", Payload.of(large)), source(0), null), entry(1, "b"));

            assertThat(told.next()).startsWith("1 ? after");
            assertThat(told.next()).startsWith("2 b after");
            Page page = read(null);
            assertThat(page.events()).isEmpty();
            assertThat(page.more()).isTrue();
            Page.Large described = page.large();
            assertThat(described).isNotNull();
            assertThat(described.previous()).isEqualTo(EventId.START);
            assertThat(described.name()).isEqualTo("large");
            assertThat(described.size()).isEqualTo(large.length);
            Page next = read(described.id());
            assertThat(next.gap()).isEqualTo(Gap.NONE);
            assertThat(names(next)).containsExactly("b");
            assertThat(next.base()).isEqualTo(described.id());
        }
    }

    @Test
    void keepsTheTraceContextOfAMessageLargeOrNot() throws InterruptedException {
        String context = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        Event small = Event.message("a", Payload.of(new byte[] {'1'})).withTraceparent(context);
        Event large = Event.message("large", Payload.of(new byte[100_000])).withTraceparent(context);
        Told told = new Told();
        try (EventReader.Following following = log().follow(destination, told)) {
            assertThat(told.calls.poll(30, TimeUnit.SECONDS)).isEqualTo("wake");

            append(new Entry(destination, small, source(0), null), new Entry(destination, large, source(1), null));

            assertThat(told.next()).startsWith("1 a after");
            Page first = read(null);
            assertThat(first.events()).extracting(StoredEvent::event).containsExactly(small);
            Page.Large described = read(first.end()).large();
            assertThat(described).isNotNull();
            assertThat(described.traceparent()).isEqualTo(context);
        }
    }

    @Test
    void readsALargeEventInPiecesHoweverTheyAreCut() {
        byte[] large = new byte[300_001];
        new Random(1).nextBytes(large);
        append(new Entry(destination, Event.message("large", Payload.of(large)), source(0), null));
        Page.Large described = read(null).large();
        assertThat(described).isNotNull();

        byte[] read = new byte[large.length];
        for (int from = 0; from < large.length; ) {
            Payload piece = await(log().readPiece(destination, described, from, 70_000));
            assertThat(piece.size()).isEqualTo(Math.min(70_000, large.length - from));
            piece.copyTo(0, piece.size(), read, from);
            from += piece.size();
        }

        assertThat(read).isEqualTo(large);
    }

    @Test
    void hasNoPieceOfAnEventThatHasExpired() {
        append(new Entry(destination, Event.message("large", Payload.of(new byte[100_000])), source(0), null));
        Page.Large described = read(null).large();
        assertThat(described).isNotNull();
        forgetData();

        assertThat(await(log().readPiece(destination, described, 0, 1000))).isNull();
    }

    @Test
    void recognisesAPositionWhoseEventWasLostAndReplaced() {
        append(entry(0, "a"), entry(1, "b"));
        EventId second = tail().end();
        append(entry(2, "c"));
        EventId lost = new EventId(second.epoch(), second.millis() + 1, second.sequence());

        assertThat(read(second).gap()).isEqualTo(Gap.NONE);
        assertThat(read(lost).gap()).isEqualTo(Gap.REPLACED);
        assertThat(names(read(lost))).containsExactly("a", "b", "c");
        EventId earlier = new EventId(second.epoch(), second.millis() - 1, second.sequence());
        assertThat(read(earlier).gap()).isEqualTo(Gap.REPLACED);
        assertThat(names(read(earlier))).containsExactly("a", "b", "c");
    }

    @Test
    void announcesWhoIsExcludedSoThatItIsKnownHoweverManyTheyAre() throws InterruptedException {
        Told told = new Told();
        Set<String> many = IntStream.range(0, 1000)
                .mapToObj(i -> "00000000-0000-0000-0000-" + (100_000_000_000L + i))
                .collect(Collectors.toSet());
        try (EventReader.Following following = log().follow(destination, told)) {
            assertThat(told.calls.poll(30, TimeUnit.SECONDS)).isEqualTo("wake");

            append(entry(0, Event.disconnect(many, Payload.of("{}".getBytes(StandardCharsets.UTF_8)))));

            // whole, or to be read; by its position alone it could be a message
            assertThat(told.calls.poll(30, TimeUnit.SECONDS)).isIn("1 disconnect after " + EventId.START, "wake");
            assertThat(tail().gate().excluded()).isEqualTo(many);
            assertThat(read(null).events().get(0).event().subjects()).isEqualTo(many);
        }
    }

    @Test
    void remembersHowFarASubjectHasBeenTold() {
        append(entry(0, "a"), entry(1, "b"));
        EventId second = read(null).end();
        EventId first = read(null).events().get(0).id();

        assertThat(await(log().find(destination, "ann"))).isNull();
        await(log().save(destination, "ann", first));
        assertThat(await(log().find(destination, "ann"))).isEqualTo(first);
        await(log().save(destination, "ann", second));
        await(log().save(destination, "ann", first));
        await(log().save(destination, "ann", new EventId(second.epoch() + 1, 1, 9)));

        assertThat(await(log().find(destination, "ann"))).isEqualTo(second);
        assertThat(await(log().find(destination, "bob"))).isNull();
    }

    @Test
    void appendsWhatALaneReadsAgainOnce() {
        LaneWriter writer = lane();
        writer.append(entry(0, "a"), entry(1, "b"));

        Appended again = writer.next(this::log).append(entry(1, "b"), entry(2, "c"));

        assertThat(again.events()).isEqualTo(1);
        assertThat(again.duplicates()).isEqualTo(1);
        assertThat(names(read(null))).containsExactly("a", "b", "c");
    }

    @Test
    void canBeAsked() {
        assertThat(log().isReachable()).isTrue();
    }

    @Test
    void knowsHowFarALaneIsCompleteUnderEveryTag() {
        LaneWriter writer = lane();
        writer.append(entry(0, "a"));
        LaneClaims asking = LaneClaims.asking(lane, log().tags());

        assertThat(await(log().check(List.of(asking))))
                .extracting(Found::complete)
                .containsOnly(tags(0L, 1L))
                .contains(1L);
        assertThat(writer.hasLost()).isFalse();
        assertThat(await(log().check(List.of(asking))))
                .extracting(Found::complete)
                .containsOnly(1L);
        assertThat(await(log().check(List.of(LaneClaims.asking(new Lane("other", topicId, 0), log().tags())))))
                .extracting(Found::complete)
                .containsOnly(0L);
    }

    /** What some of several tags have; what the only one has. */
    private Long[] tags(Long others, Long touched) {
        return log().tags() == 1 ? new Long[] {touched} : new Long[] {others, touched};
    }

    @Test
    void refusesWhatClaimsMoreThanItHas() {
        lane().append(entry(0, "a"));
        long[] known = new long[log().tags()];
        Arrays.fill(known, 2);
        LaneReader beyond = LaneReader.begin(lane, 2, known);
        beyond.begin(3);

        assertThatThrownBy(() -> await(log().append(List.of(beyond.claims()), List.of(entry(2, "c")))))
                .hasCauseInstanceOf(LostException.class)
                .satisfies(lost -> assertThat(((LostException) lost.getCause()).found())
                        .allMatch(Found::isLoss)
                        .extracting(Found::complete)
                        .containsExactly(1L));

        assertThat(names(read(null))).containsExactly("a");
        assertThat(await(log().check(List.of(beyond.claims()))))
                .hasSize(log().tags())
                .allMatch(Found::isLoss);
    }

    @Test
    void understandsWhatItsTagsAreCommittedAs() {
        LaneCommit commit = new LaneCommit(topicId, 7, new long[log().tags()]);

        assertThat(LaneCommit.parse(7, commit.metadata(), log().tags())).isEqualTo(commit);
    }

    /** Writes down what it is told. */
    private static final class Told implements Follower {
        private final BlockingQueue<String> calls = new LinkedBlockingQueue<>();
        private volatile @Nullable EventId position;

        @Override
        public void appended(EventId id, EventId previous, @Nullable Event event) {
            position = id;
            calls.add(id.sequence() + " " + (event == null ? "?" : event.name()) + " after " + previous);
        }

        @Override
        public @Nullable EventId position() {
            return position;
        }

        @Override
        public void wake() {
            calls.add("wake");
        }

        String next() throws InterruptedException {
            String call = calls.poll(30, TimeUnit.SECONDS);
            return call == null || !call.equals("wake") ? String.valueOf(call) : next();
        }
    }

    private Entry entry(long offset, String name) {
        return entry(offset, message(name));
    }

    private LaneWriter lane() {
        return LaneWriter.of(this::log, lane);
    }

    private Entry entry(long offset, Event event) {
        return new Entry(destination, event, source(offset), null);
    }

    private Source source(long offset) {
        return new Source("t", topicId, 0, offset);
    }

    private static Event message(String name) {
        return Event.message(name, Payload.of("{}".getBytes(StandardCharsets.UTF_8)));
    }

    private static Destination destination() {
        return new Destination("acme", "process-instance", "{}".repeat(3) + UUID.randomUUID());
    }

    private Appended append(Entry... entries) {
        return await(log().append(List.of(), List.of(entries)));
    }

    private Page read(@Nullable EventId after) {
        return await(log().read(destination, after, 100, 10_000_000));
    }

    private LogEnd tail() {
        return await(log().end(destination));
    }

    private Admission admission(Set<String> names, String... roles) {
        return await(log().admission(destination, names, Set.of(roles)));
    }

    private static List<String> names(Page page) {
        return page.events().stream().map(stored -> stored.event().name()).toList();
    }

    private static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }
}
