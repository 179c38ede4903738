package io.eventsgateway.load;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What is to be measured and how much of it. Immutable.
 *
 * @param cases of A, B, C, D, G
 * @param gateway the command that starts the gateway
 * @param kafka host:port; empty for a broker of its own
 * @param redis host:port; empty for a server of its own
 * @param tokens whether idle clients bring tokens
 * @param threads that hold the clients
 * @param clients of cases A and B
 * @param idle clients of case C and, at most, of the growth
 * @param rates of case A, events a second
 * @param warmUps windows before the first that counts; with none, case A has no large events either
 * @param seconds of a window of case A
 * @param broadcastSeconds of the window of case B
 * @param idleSeconds of case C
 * @param full with the highest rate too
 */
record Options(
        Set<String> cases,
        int rounds,
        Path out,
        String gateway,
        String kafka,
        String redis,
        boolean tokens,
        int threads,
        int clients,
        int idle,
        List<Integer> rates,
        int warmUps,
        int seconds,
        int broadcastSeconds,
        int idleSeconds,
        boolean full) {

    Options {
        cases = Set.copyOf(cases);
        rates = List.copyOf(rates);
    }

    /** As the system properties have it. */
    static Options ofProperties() {
        return new Options(
                Set.of(text("cases", "A,B,C,D,G").split(",", -1)),
                number("rounds", 1),
                Path.of(text("out", "target/load")),
                text("gateway", command(text("jar", "target/gateway-app.jar"))),
                text("kafka", ""),
                text("redis", ""),
                Boolean.getBoolean("tokens"),
                number("threads", 1),
                number("clients", 1_000),
                number("idle", 10_000),
                Arrays.stream(text("rates", "500,2000,5000,10000").split(",", -1))
                        .map(Integer::valueOf)
                        .toList(),
                number("warmUps", 4),
                number("seconds", 6),
                number("broadcastSeconds", 8),
                number("idleSeconds", 5),
                !Boolean.getBoolean("short"));
    }

    /** The same as system properties, of another process on these servers. */
    Map<String, String> properties(Backends backends) {
        Map<String, String> properties = new TreeMap<>();
        properties.put("cases", String.join(",", cases));
        properties.put("gateway", gateway);
        properties.put("kafka", backends.bootstrapServers());
        properties.put("redis", backends.redisAddress());
        properties.put("tokens", Boolean.toString(tokens));
        properties.put("threads", Integer.toString(threads));
        properties.put("clients", Integer.toString(clients));
        properties.put("idle", Integer.toString(idle));
        properties.put("rates", rates.stream().map(String::valueOf).collect(Collectors.joining(",")));
        properties.put("warmUps", Integer.toString(warmUps));
        properties.put("seconds", Integer.toString(seconds));
        properties.put("broadcastSeconds", Integer.toString(broadcastSeconds));
        properties.put("idleSeconds", Integer.toString(idleSeconds));
        properties.put("short", Boolean.toString(!full));
        return properties;
    }

    /** The least that shows that everything works. */
    static Options least(Path out) {
        return new Options(
                Set.of("A", "B", "C", "D"),
                1,
                out,
                command("target/gateway-app.jar"),
                "",
                "",
                false,
                1,
                20,
                50,
                List.of(200),
                0,
                1,
                1,
                1,
                false);
    }

    private static String command(String jar) {
        return "'" + Path.of(System.getProperty("java.home"), "bin", "java") + "' -Xmx1g -jar '" + jar + "'";
    }

    private static String text(String name, String otherwise) {
        String value = System.getProperty(name, "");
        return value.isEmpty() ? otherwise : value;
    }

    private static int number(String name, int otherwise) {
        return Integer.parseInt(text(name, Integer.toString(otherwise)));
    }
}
