package io.eventsgateway.app;

import io.eventsgateway.topic.Feed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * A record that nobody should send: random, mutated, huge, or with names that mean something to whoever handles it. Which one it is depends on
 * the random numbers alone.
 */
record HostileRecord(byte @Nullable [] key, byte @Nullable [] value, List<Header> headers) {

    private static final int IDS = 2000;
    private static final List<String> NAMES = List.of(
            "h:u:k:m",
            "h:m",
            "h/../../x",
            "*",
            "{tag}",
            "h\\u0000",
            "h\\r\\nevent: x",
            "\\ud800",
            "\\udc00\\ud800",
            "\\u2028",
            "\\ufeff",
            "😀",
            "' OR 1=1",
            "${jndi:ldap://x}",
            "%00",
            "x".repeat(256),
            "x".repeat(257),
            "");
    private static final List<String> TYPES = List.of(
            "process-instance",
            "view",
            "process",
            "generic",
            "user",
            "Process",
            "a--b",
            "-",
            "x".repeat(33),
            "\\ud800");
    private static final byte[] BOM = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    /** The next one for a feed. */
    static HostileRecord of(Feed feed, Random random) {
        byte[] id = bytes("h" + random.nextInt(IDS));
        return switch (random.nextInt(20)) {
            case 0, 1 -> new HostileRecord(id, bytes(envelope(random)), List.of());
            case 2 -> new HostileRecord(id, bytes(Integer.toString(random.nextInt())), List.of());
            case 3, 4, 5 -> new HostileRecord(id, mutated(bytes(envelope(random)), random), List.of());
            case 6 -> new HostileRecord(binary(random, 300), binary(random, 300), List.of());
            case 7 -> new HostileRecord(id, bytes(nested(random)), List.of());
            case 8 -> new HostileRecord(id, withBom(bytes(envelope(random))), List.of());
            case 9 -> new HostileRecord(filled(random, 'k'), bytes(envelope(random)), List.of());
            case 10 -> new HostileRecord(id, bytes("1"), List.of(new RecordHeader("large", filled(random, 'h'))));
            case 11, 12 -> new HostileRecord(id, bytes("{\"n\":1}"), named(random));
            case 13 -> new HostileRecord(id, bytes(names(random)), List.of());
            case 14 -> new HostileRecord(random.nextBoolean() ? null : new byte[0], null, List.of());
            case 15 -> new HostileRecord(null, bytes(envelope(random)), List.of());
            case 16 -> new HostileRecord(id, bytes("[" + "\n".repeat(size(random)) + "]"), List.of());
            case 17 ->
                new HostileRecord(
                        id, bytes("{\"type\":1,\"type\":\"a\",\"x\":NaN,\"n\":" + "9".repeat(400) + "}"), List.of());
            case 18 -> new HostileRecord(id, bytes("\"" + "a".repeat(size(random)) + "\""), List.of());
            default ->
                new HostileRecord(id, bytes("{\"userId\":null,\"viewId\":\"" + pick(NAMES, random) + "\"}"), List.of());
        };
    }

    private static String envelope(Random random) {
        String id = random.nextInt(3) == 0 ? pick(NAMES, random) : "h" + random.nextInt(IDS);
        String destination =
                switch (random.nextInt(4)) {
                    case 0 -> "\"destination\":{\"type\":\"" + pick(TYPES, random) + "\",\"id\":\"" + id + "\"}";
                    case 1 -> "\"destination\":\"" + pick(TYPES, random) + "/" + id + "\"";
                    case 2 -> "\"processInstanceUuid\":\"" + id + "\"";
                    default -> "\"userId\":\"" + id + "\"";
                };
        String eventId = random.nextInt(3) == 0 ? ",\"eventId\":\"" + pick(NAMES, random) + ":m\"" : "";
        return "{" + destination + ",\"event\":\"" + pick(NAMES, random) + "\"" + eventId + ",\"data\":{\"n\":"
                + random.nextInt() + "}}";
    }

    private static String names(Random random) {
        StringBuilder names =
                new StringBuilder("{\"processInstanceUuid\":\"h" + random.nextInt(IDS) + "\",\"subjects\":[");
        int count = random.nextInt(50) == 0 ? 20_000 : random.nextInt(50);
        for (int i = 0; i < count; i++) {
            names.append(i == 0 ? "\"" : ",\"")
                    .append(i % 7 == 0 ? pick(NAMES, random) : "u" + i)
                    .append('"');
        }
        return names.append("],\"roles\":[\"a\"],\"reason\":\"")
                .append(pick(NAMES, random))
                .append("\"}")
                .toString();
    }

    private static String nested(Random random) {
        int depth = random.nextInt(3000);
        return random.nextBoolean()
                ? "[".repeat(depth) + "]".repeat(depth)
                : "{\"a\":".repeat(depth) + "1" + "}".repeat(depth);
    }

    private static List<Header> named(Random random) {
        List<Header> headers = new ArrayList<>();
        headers.add(new RecordHeader("Fx-Organization-Id", binary(random, 40)));
        headers.add(new RecordHeader("Fx-Event", bytes("a\r\nb" + pick(NAMES, random))));
        headers.add(new RecordHeader("traceparent", bytes("00-x\n2026-01-01 ERROR forged")));
        headers.add(new RecordHeader("gateway-error", null));
        headers.add(new RecordHeader("", binary(random, 10)));
        headers.subList(random.nextInt(2), 2).clear();
        return headers;
    }

    private static byte[] mutated(byte[] bytes, Random random) {
        byte[] mutated = bytes.clone();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
        }
        return random.nextInt(4) == 0 ? Arrays.copyOf(mutated, random.nextInt(mutated.length)) : mutated;
    }

    /** Mostly small, seldom a megabyte or two. */
    private static int size(Random random) {
        return random.nextInt(500) == 0 ? 2_000_000 : random.nextInt(50) == 0 ? 100_000 : random.nextInt(1000);
    }

    private static byte[] filled(Random random, char with) {
        byte[] filled = new byte[size(random)];
        Arrays.fill(filled, (byte) with);
        return filled;
    }

    private static byte[] binary(Random random, int most) {
        byte[] binary = new byte[random.nextInt(most)];
        random.nextBytes(binary);
        return binary;
    }

    private static byte[] withBom(byte[] json) {
        byte[] with = Arrays.copyOf(BOM, BOM.length + json.length);
        System.arraycopy(json, 0, with, BOM.length, json.length);
        return with;
    }

    private static String pick(List<String> of, Random random) {
        return of.get(random.nextInt(of.size()));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
