package io.eventsgateway.undertow;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes a request's address from what trusted proxies say of it, by X-Forwarded-For or Forwarded (RFC 7239), before another handler. Where
 * both are there and differ, nothing is believed: a proxy that writes one of them hands on the other as its client wrote it.
 */
public final class ClientAddress implements HttpHandler {

    private static final HttpString FORWARDED = new HttpString("Forwarded");

    private final TrustedProxies proxies;
    private final HttpHandler next;

    /** A handler in front of another one. */
    public ClientAddress(TrustedProxies proxies, HttpHandler next) {
        this.proxies = proxies;
        this.next = next;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        InetSocketAddress source = exchange.getSourceAddress();
        InetAddress peer = source.getAddress();
        if (peer != null) {
            InetAddress client = client(
                    peer,
                    exchange.getRequestHeaders().get(Headers.X_FORWARDED_FOR),
                    exchange.getRequestHeaders().get(FORWARDED));
            if (!client.equals(peer)) {
                exchange.setSourceAddress(new InetSocketAddress(client, 0));
            }
        }
        next.handleRequest(exchange);
    }

    /** Where a request comes from, as text that limits go by; behind this handler what it found out. */
    public static String of(HttpServerExchange exchange) {
        InetSocketAddress source = exchange.getSourceAddress();
        return source.getAddress() instanceof Inet6Address six ? network(six) : source.getHostString();
    }

    /** The first half, which is one site's: who has one IPv6 address has as many as they like. */
    private static String network(Inet6Address address) {
        return HexFormat.of().formatHex(address.getAddress(), 0, 8) + "::";
    }

    private InetAddress client(InetAddress peer, @Nullable HeaderValues usual, @Nullable HeaderValues standard) {
        InetAddress byUsual = usual == null ? null : proxies.client(peer, hops(usual, false));
        InetAddress byStandard = standard == null ? null : proxies.client(peer, hops(standard, true));
        if (byUsual == null || byStandard == null) {
            return byUsual != null ? byUsual : byStandard != null ? byStandard : peer;
        }
        return byUsual.equals(byStandard) ? byUsual : peer;
    }

    static List<@Nullable InetAddress> hops(List<String> values, boolean standard) {
        List<@Nullable InetAddress> hops = new ArrayList<>();
        for (String value : values) {
            for (int from = 0; from <= value.length(); ) {
                int comma = value.indexOf(',', from);
                int to = comma < 0 ? value.length() : comma;
                String entry = value.substring(from, to).strip();
                hops.add(address(standard ? forElement(entry) : entry));
                from = to + 1;
            }
        }
        return hops;
    }

    /** The value of {@code for} among an entry's pairs; empty where there is none. */
    private static String forElement(String entry) {
        for (int from = 0; from <= entry.length(); ) {
            int semicolon = entry.indexOf(';', from);
            int to = semicolon < 0 ? entry.length() : semicolon;
            String pair = entry.substring(from, to).strip();
            if (pair.regionMatches(true, 0, "for=", 0, 4)) {
                String value = pair.substring(4).strip();
                boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
                return quoted ? value.substring(1, value.length() - 1) : value;
            }
            from = to + 1;
        }
        return "";
    }

    /** An address, with a port or without; IPv6 in brackets or bare; null for any other text. */
    private static @Nullable InetAddress address(String text) {
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            return end < 0 ? null : TrustedProxies.address(text.substring(1, end));
        }
        int colon = text.indexOf(':');
        boolean port = colon >= 0 && text.indexOf(':', colon + 1) < 0;
        return TrustedProxies.address(port ? text.substring(0, colon) : text);
    }
}
