package io.eventsgateway.app;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a gateway has of its machine and of its Redis.
 *
 * @param subscriptions of all clients of that Redis
 * @param keys of all in that Redis
 */
record Footprint(long liveKilobytes, long threads, long files, long streams, long subscriptions, long keys) {

    /** As of now, after a garbage collection. */
    static Footprint of(GatewayProcess gateway, RedisURI redis) {
        String process = "/proc/" + gateway.pid();
        RedisClient client = RedisClient.create(redis);
        try (StatefulRedisConnection<String, String> connection = client.connect();
                Stream<Path> files = Files.list(Path.of(process, "fd"))) {
            long subscriptions = connection
                    .sync()
                    .clientList()
                    .lines()
                    .mapToLong(line -> number(line, " sub=([0-9]+)") + number(line, " ssub=([0-9]+)"))
                    .sum();
            return new Footprint(
                    gateway.liveBytes() / 1024,
                    number(read(process + "/status"), "Threads:\\s+([0-9]+)"),
                    files.count(),
                    metric(gateway, "streams"),
                    subscriptions,
                    connection.sync().dbsize());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        } finally {
            client.shutdown();
        }
    }

    /** One of a gateway's metrics, the sum of all its series. */
    static long metric(GatewayProcess gateway, String name) {
        URI metrics = URI.create("http://127.0.0.1:" + gateway.managementPort() + "/manage/actuator/prometheus");
        try (InputStream in = metrics.toURL().openStream()) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            List<String> series = text.lines()
                    .filter(line -> line.matches("events_gateway_" + name + "[{ ].*"))
                    .toList();
            if (series.isEmpty()) {
                throw new IllegalStateException(text);
            }
            return series.stream()
                    .mapToLong(line -> number(line, " ([0-9]+)(\\.[0-9]+)?$"))
                    .sum();
        } catch (IOException unreachable) {
            throw new UncheckedIOException(unreachable);
        }
    }

    static String read(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static long number(String text, String pattern) {
        Matcher found = Pattern.compile(pattern).matcher(text);
        return found.find() ? Long.parseLong(found.group(1)) : 0;
    }

    /** Whether it is no more than that, with a tenth of the heap for what comes and goes. */
    boolean isWithin(Footprint before) {
        return liveKilobytes < 1.1 * before.liveKilobytes
                && threads <= before.threads
                && files <= before.files
                && subscriptions <= before.subscriptions
                && keys <= before.keys;
    }
}
