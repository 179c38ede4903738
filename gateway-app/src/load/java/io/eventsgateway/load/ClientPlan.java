package io.eventsgateway.load;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Which clients to connect. Immutable, but for the tokens' source.
 *
 * @param servers where to, by turns
 * @param network whose addresses the clients come from by turns, as "127.1.2"; null for any address
 * @param connections how many
 * @param destinations how many; a client's is its number modulo this
 * @param path of a destination
 * @param token of a client, null for none
 * @param inFlight connects at the same time
 * @param threads that hold the connections
 */
record ClientPlan(
        List<InetSocketAddress> servers,
        @Nullable String network,
        int connections,
        int destinations,
        IntFunction<String> path,
        IntFunction<@Nullable String> token,
        int inFlight,
        int threads) {

    private static final int ADDRESSES = 250;

    ClientPlan {
        servers = List.copyOf(servers);
    }

    /** Clients without tokens. */
    static ClientPlan of(Server server, int connections, int destinations, String prefix, int threads) {
        return new ClientPlan(
                server.addresses(),
                anyNetwork(),
                connections,
                destinations,
                destination -> server.path(prefix + destination),
                client -> null,
                128,
                threads);
    }

    /** The same with tokens, one for each client. */
    ClientPlan withTokens(List<String> tokens) {
        return new ClientPlan(servers, network, connections, destinations, path, tokens::get, inFlight, threads);
    }

    /**
     * A network of this machine for one set of clients; on Linux all of 127.0.0.0/8 is. The kernel looks for a free port of an address one
     * after the other and keeps those of closed connections for a minute: with one address for thousands of clients, or with that of the
     * clients before, the search takes longer than the connect.
     */
    private static @Nullable String anyNetwork() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")
                ? "127." + random.nextInt(1, 255) + "." + random.nextInt(1, 255)
                : null;
    }

    /** The address a client comes from, null for any. */
    @Nullable
    InetSocketAddress source(int client) {
        return network == null ? null : new InetSocketAddress(network + "." + (1 + client % ADDRESSES), 0);
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
