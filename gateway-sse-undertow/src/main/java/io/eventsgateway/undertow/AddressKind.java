package io.eventsgateway.undertow;

import io.undertow.server.HttpServerExchange;
import java.net.Inet6Address;
import java.net.InetAddress;

/** From which kind of network a client comes: as much of its address as operators need to know. */
public enum AddressKind {
    /** This machine. */
    LOOPBACK,
    /** A network that the Internet does not lead to (RFC 1918, RFC 4193, RFC 6598, link-local). */
    PRIVATE,
    /** The Internet. */
    PUBLIC,
    /** None of the Internet's. */
    UNKNOWN;

    static AddressKind of(HttpServerExchange exchange) {
        InetAddress address = exchange.getSourceAddress().getAddress();
        return address == null ? UNKNOWN : of(address);
    }

    static AddressKind of(InetAddress address) {
        if (address.isLoopbackAddress()) {
            return LOOPBACK;
        }
        byte[] bytes = address.getAddress();
        boolean unique = address instanceof Inet6Address
                ? (bytes[0] & 0xfe) == 0xfc
                : bytes[0] == 100 && (bytes[1] & 0xc0) == 0x40;
        return unique || address.isSiteLocalAddress() || address.isLinkLocalAddress() ? PRIVATE : PUBLIC;
    }
}
