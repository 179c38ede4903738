package io.eventsgateway.redis;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.Source;
import io.eventsgateway.log.Admission;
import io.eventsgateway.log.Entry;
import io.eventsgateway.log.Gate;
import io.eventsgateway.log.RefusedException;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What single records and callers can make Redis do, as Redis itself counts it. */
class RedisCostIT {

    private static final int NAMES = 1_000;

    private static RedisServer server;
    private static RedisClient client;
    private static RedisCommands<String, String> redis;

    private final Destination destination = new Destination("acme", "view", "1");
    private RedisEventLog log;
    private long offset;

    @BeforeAll
    static void start() {
        server = RedisServer.v70();
        client = RedisClient.create(server.uri());
        redis = client.connect().sync();
    }

    @AfterAll
    static void stop() {
        client.shutdown();
        server.close();
    }

    @BeforeEach
    void open() {
        redis.flushall();
        // no probes and queries of its own among what is counted
        log = new RedisEventLog(RedisOptions.of(server.uri(), Duration.ofHours(1), Duration.ofSeconds(60)));
        log.start();
        await(() -> log.state().works());
    }

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void opensADestinationWithoutReadingTheMillionNamesThatConnectsSent() {
        int taken = 0;
        for (int i = 0; i < NAMES; i++) {
            taken += isTaken(List.of(connect(i))) ? 1 : 0;
        }
        assertThat(taken).isEqualTo(Gate.MAX_NAMES / NAMES);

        long sent = counted("total_net_output_bytes", "stats");
        for (int i = 0; i < 10; i++) {
            assertThat(join(log.admission(destination, Set.of(name(i), "user:ann"), Set.of("chief"))))
                    .isEqualTo(Admission.NAMED);
            join(log.end(destination));
        }

        // a single list of the names that were taken has more than 400,000 bytes
        assertThat(counted("total_net_output_bytes", "stats") - sent).isLessThan(100_000);
        assertThat(redis.info("commandstats")).doesNotContain("cmdstat_hkeys");
    }

    @Test
    void appendsConnectsOfManyNamesInSeveralCalls() {
        List<Entry> batch = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            batch.add(new Entry(
                    new Destination("acme", "view", "v" + i),
                    connect(i).event(),
                    new Source("t", "topic", 0, offset++),
                    null));
        }
        long before = calls();

        assertThat(isTaken(batch)).isTrue();

        // some milliseconds each: a hundred thousand names in one call keep Redis from everything else for half a
        // second
        assertThat(calls() - before).isGreaterThanOrEqualTo(15);
    }

    /** Appends as a consumer does, again where a busy machine took too long; false where Redis refuses to. */
    private boolean isTaken(List<Entry> batch) {
        boolean[] taken = new boolean[1];
        await(() -> {
            try {
                log.append(List.of(), batch).toCompletableFuture().join();
                taken[0] = true;
                return true;
            } catch (CompletionException failure) {
                return failure.getCause() instanceof RefusedException;
            }
        });
        return taken[0];
    }

    private static long calls() {
        return counted("cmdstat_eval:calls", "commandstats") + counted("cmdstat_evalsha:calls", "commandstats");
    }

    private static long counted(String field, String section) {
        Matcher matcher = Pattern.compile(Pattern.quote(field) + "[:=]([0-9]+)").matcher(redis.info(section));
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }

    private Entry connect(int record) {
        Set<String> names = IntStream.range(record * NAMES, (record + 1) * NAMES)
                .mapToObj(RedisCostIT::name)
                .collect(Collectors.toSet());
        Event event = Event.connect(names, Set.of());
        return new Entry(destination, event, new Source("t", "topic", 0, offset++), null);
    }

    private static String name(int i) {
        return "00000000-0000-0000-0000-" + (100_000_000_000L + i);
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }
}
