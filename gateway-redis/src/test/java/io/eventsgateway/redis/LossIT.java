package io.eventsgateway.redis;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.Payload;
import io.eventsgateway.Source;
import io.eventsgateway.lane.Lane;
import io.eventsgateway.log.Entry;
import io.eventsgateway.log.LaneWriter;
import io.eventsgateway.log.LostException;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RestoreArgs;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What two replicas notice and read again of a Redis that comes back from an older state. */
class LossIT {

    private static final KeySpace SPACE = new KeySpace("eg", 0);

    private final Destination destination =
            new Destination("acme", "view", UUID.randomUUID().toString());
    private final RedisServer server = RedisServer.v70();
    private final RedisClient client = RedisClient.create(server.uri());
    private final RedisEventLog one = log();
    private final RedisEventLog two = log();
    private final LaneWriter lane = LaneWriter.of(() -> one, new Lane("group", "topic", 0));
    private RedisCommands<byte[], byte[]> redis;

    private RedisEventLog log() {
        RedisEventLog log =
                new RedisEventLog(RedisOptions.of(server.uri(), Duration.ofMinutes(10), Duration.ofMillis(300)));
        log.start();
        return log;
    }

    @BeforeEach
    void connect() {
        redis = client.connect(ByteArrayCodec.INSTANCE).sync();
        await(() -> one.state().works() && two.state().works());
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
        client.shutdown();
        server.close();
    }

    private Map<byte[], byte[]> snapshot() {
        Map<byte[], byte[]> data = new LinkedHashMap<>();
        redis.keys("eg:*").forEach(key -> data.put(key, redis.dump(key)));
        return data;
    }

    /** As after a failover that lost what came since. */
    private void restore(Map<byte[], byte[]> snapshot) {
        redis.flushall();
        snapshot.forEach((key, data) -> redis.restore(key, data, RestoreArgs.Builder.ttl(600_000)));
    }

    private static Entry entry(Destination to, int partition, long offset) {
        Event event = Event.message(partition + "@" + offset, Payload.of("{}".getBytes(StandardCharsets.UTF_8)));
        return new Entry(to, event, new Source("t", "topic", partition, offset), null);
    }

    private Entry entry(long offset) {
        return entry(destination, 0, offset);
    }

    private List<String> names() {
        return two.read(destination, null, 1000, 1_000_000).toCompletableFuture().join().events().stream()
                .map(each -> each.event().name())
                .toList();
    }

    @Test
    void noticesALossOfWhatWasAcknowledgedToWhoeverHandedOver() {
        lane.append(entry(0));
        Map<byte[], byte[]> snapshot = snapshot();
        lane.append(entry(1));
        LaneWriter next = lane.next(() -> two);
        assertThat(next.hasLost()).isFalse();

        restore(snapshot);

        assertThatThrownBy(() -> next.append(entry(2))).hasCauseInstanceOf(LostException.class);
        assertThat(next.goBack()).isEqualTo(1);
        next.append(entry(1), entry(2));
        assertThat(names()).containsExactly("0@0", "0@1", "0@2");
    }

    @Test
    void noticesALossUnderOneTagHoweverManyOthersWereAppendedToSince() {
        lane.append(entry(0));
        List<Destination> others = IntStream.range(0, 60)
                .mapToObj(i -> new Destination("acme", "view", "v" + i))
                .filter(each ->
                        SPACE.keys(each).tag() != SPACE.keys(destination).tag())
                .toList();
        for (int i = 0; i < others.size(); i++) {
            lane.append(entry(others.get(i), 0, i + 1));
        }
        LaneWriter next = lane.next(() -> two);
        String tag = "{" + Keys.tagName(SPACE.keys(destination).tag()) + "}";

        redis.keys("eg:" + tag + "*").forEach(redis::del);

        assertThat(next.hasLost()).isTrue();
        assertThat(next.goBack()).isZero();
    }

    @Test
    void isNotMisledByCallsOfOthersThatComeAfterTheLoss() {
        LaneWriter other = LaneWriter.of(() -> two, new Lane("group", "topic", 1));
        lane.append(entry(0));
        Map<byte[], byte[]> snapshot = snapshot();
        lane.append(entry(1));
        lane.append(entry(2));

        restore(snapshot);
        other.append(entry(destination, 1, 0));
        other.append(entry(destination, 1, 1));

        assertThatThrownBy(() -> lane.append(entry(3))).hasCauseInstanceOf(LostException.class);
        assertThat(lane.goBack()).isEqualTo(1);
        lane.append(entry(1), entry(2), entry(3));
        assertThat(names()).containsExactly("0@0", "1@0", "1@1", "0@1", "0@2", "0@3");
    }

    @Test
    void goesBackExactlyHoweverLongAgoItWas() {
        Map<byte[], byte[]> snapshot = Map.of();
        for (int offset = 0; offset < 300; offset++) {
            lane.append(entry(offset));
            if (offset == 4) {
                snapshot = snapshot();
            }
        }

        restore(snapshot);

        assertThat(lane.hasLost()).isTrue();
        assertThat(lane.goBack()).isEqualTo(5);
    }
}
