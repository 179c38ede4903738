package io.eventsgateway.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An address as an operator writes it: {@code host:port}, or {@code [2001:db8::1]:port} after RFC 3986 for IPv6.
 *
 * @param host a name or a literal address, without brackets
 * @param port from 1 to 65535
 */
public record HostAndPort(String host, int port) {

    private static final Pattern NODE = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[^:\\[\\]]+)(?::([0-9]{1,5}))?");
    private static final Pattern NAME = Pattern.compile(
            "(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\\.?");

    /**
     * The addresses in a text that separates them by commas; null when one of them is none, or has no port where none can be
     * assumed.
     *
     * @param assumed the port of an address that names none
     */
    public static @Nullable List<HostAndPort> parseAll(String text, OptionalInt assumed) {
        List<HostAndPort> all = new ArrayList<>();
        for (String each : text.split(",", -1)) {
            if (!each.isBlank()) {
                HostAndPort one = parse(each.strip(), assumed);
                if (one == null) {
                    return null;
                }
                all.add(one);
            }
        }
        return List.copyOf(all);
    }

    private static @Nullable HostAndPort parse(String text, OptionalInt assumed) {
        Matcher node = NODE.matcher(text);
        if (!node.matches() || (node.group(2) == null && assumed.isEmpty())) {
            return null;
        }
        int port = node.group(2) == null ? assumed.getAsInt() : Integer.parseInt(node.group(2));
        String host = node.group(1);
        if (host.startsWith("[")) {
            host = host.substring(1, host.length() - 1);
        }
        return port >= 1 && port <= 65535 && isHost(host) ? new HostAndPort(host, port) : null;
    }

    /** Whether a text can be a host: a name, or a literal address, which is told without asking anybody. */
    static boolean isHost(String text) {
        if (!text.contains(":")) {
            return NAME.matcher(text).matches();
        }
        try {
            return InetAddress.getByName("[" + text + "]") != null;
        } catch (UnknownHostException malformed) {
            return false;
        }
    }

    /** The addresses as one text. */
    public static String join(List<HostAndPort> all) {
        return all.stream().map(HostAndPort::toString).collect(Collectors.joining(","));
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
