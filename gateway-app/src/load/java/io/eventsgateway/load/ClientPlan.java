package io.eventsgateway.load;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Which clients to connect. Immutable, but for the tokens' source.
 *
 * @param servers where to, by turns
 * @param source the address to come from, null for any: each set of clients has one of its own, so that ports do not run out
 * @param connections how many
 * @param destinations how many; a client's is its number modulo this
 * @param path of a destination
 * @param token of a client, null for none
 * @param inFlight connects at the same time
 * @param threads that hold the connections
 */
record ClientPlan(
        List<InetSocketAddress> servers,
        @Nullable InetSocketAddress source,
        int connections,
        int destinations,
        IntFunction<String> path,
        IntFunction<@Nullable String> token,
        int inFlight,
        int threads) {

    private static final int SOURCES = 250;
    private static final AtomicInteger SOURCE = new AtomicInteger();

    ClientPlan {
        servers = List.copyOf(servers);
    }

    /** Clients without tokens. */
    static ClientPlan of(Server server, int connections, int destinations, String prefix, int threads) {
        return new ClientPlan(
                server.addresses(),
                nextSource(),
                connections,
                destinations,
                destination -> server.path(prefix + destination),
                client -> null,
                128,
                threads);
    }

    /** The same with tokens. */
    ClientPlan withTokens(IntFunction<@Nullable String> tokens) {
        return new ClientPlan(servers, source, connections, destinations, path, tokens, inFlight, threads);
    }

    /** On Linux all of 127.0.0.0/8 is this machine. */
    private static @Nullable InetSocketAddress nextSource() {
        return System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")
                ? new InetSocketAddress("127.0.1." + (1 + SOURCE.getAndIncrement() % SOURCES), 0)
                : null;
    }

    InetSocketAddress server(int client) {
        return servers.get(client % servers.size());
    }

    /** The request of a client. */
    byte[] request(int client) {
        String token = this.token.apply(client);
        String authorization = token == null ? "" : "Authorization: Bearer " + token + "\r\n";
        return ("GET " + path.apply(client % destinations) + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + authorization
                        + "Accept: text/event-stream\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }
}
