package io.eventsgateway.undertow;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The proxies in front of the gateway, which are believed about where a request came from.
 *
 * @param count how many there are one behind the other; 0 where the networks say it
 * @param networks where they are
 */
public record TrustedProxies(int count, List<Network> networks) {

    private static final int MOST = 32;

    /** Copies the networks. */
    public TrustedProxies {
        networks = List.copyOf(networks);
    }

    /**
     * Addresses that begin with the same bits (RFC 4632).
     *
     * @param prefix one of them
     * @param bits how many of its bits all have in common
     */
    public record Network(InetAddress prefix, int bits) {

        boolean has(InetAddress address) {
            byte[] own = prefix.getAddress();
            byte[] other = address.getAddress();
            int rest = own.length * 8 - bits;
            return own.length == other.length
                    && new BigInteger(1, own).shiftRight(rest).equals(new BigInteger(1, other).shiftRight(rest));
        }
    }

    /** Reads a number of proxies, or a list of addresses and networks; null for any other text. */
    static @Nullable TrustedProxies parse(String text) {
        if (!text.isEmpty() && text.length() <= 2 && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            int count = Integer.parseInt(text);
            return count <= MOST ? new TrustedProxies(count, List.of()) : null;
        }
        List<Network> networks = new ArrayList<>();
        for (String each : text.split(",", -1)) {
            Network network = network(each.strip());
            if (network == null) {
                return null;
            }
            networks.add(network);
        }
        return new TrustedProxies(0, networks);
    }

    private static @Nullable Network network(String text) {
        int slash = text.indexOf('/');
        InetAddress prefix = address(slash < 0 ? text : text.substring(0, slash));
        if (prefix == null) {
            return null;
        }
        int most = prefix.getAddress().length * 8;
        if (slash < 0) {
            return new Network(prefix, most);
        }
        String bits = text.substring(slash + 1);
        boolean number = !bits.isEmpty() && bits.length() <= 3 && bits.chars().allMatch(c -> c >= '0' && c <= '9');
        return number && Integer.parseInt(bits) <= most ? new Network(prefix, Integer.parseInt(bits)) : null;
    }

    /** Parses a literal address, without a lookup; null for any other text. */
    static @Nullable InetAddress address(String text) {
        boolean six = text.indexOf(':') >= 0;
        if (text.length() > 45 || !(six ? isHexWithColons(text) : isFourNumbers(text))) {
            return null;
        }
        try {
            return InetAddress.getByName(six ? "[" + text + "]" : text);
        } catch (UnknownHostException malformed) {
            return null;
        }
    }

    private static boolean isHexWithColons(String text) {
        return text.chars().allMatch(c -> (Character.digit(c, 16) >= 0 && c < 128) || c == ':' || c == '.');
    }

    private static boolean isFourNumbers(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return false;
        }
        for (String part : parts) {
            if (part.isEmpty()
                    || part.length() > 3
                    || !part.chars().allMatch(c -> c >= '0' && c <= '9')
                    || Integer.parseInt(part) > 255) {
                return false;
            }
        }
        return true;
    }

    /**
     * Where a request came from.
     *
     * @param peer the connection's other end
     * @param hops the addresses that proxies noted, the nearest proxy's last; null for one that is none
     */
    InetAddress client(InetAddress peer, List<@Nullable InetAddress> hops) {
        InetAddress client = peer;
        int left = count;
        for (int i = hops.size() - 1; i >= 0; i--) {
            boolean trusted = networks.isEmpty() ? left-- > 0 : isTrusted(client);
            InetAddress before = hops.get(i);
            if (!trusted || before == null) {
                return client;
            }
            client = before;
        }
        return client;
    }

    private boolean isTrusted(InetAddress address) {
        return networks.stream().anyMatch(network -> network.has(address));
    }
}
