package io.eventsgateway.undertow;

import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How a server listens.
 *
 * @param host the address to listen on; {@code 0.0.0.0} for all
 * @param port 0 for any that is free
 * @param maxHeaderBytes of a request's line and headers together
 * @param maxConnections at a time; more are closed at once
 * @param maxConnectionsPerAddress of one client's address at a time; 0 for any number
 * @param spareFiles how many of the files that the process may open are left to others, by taking fewer connections; 0 to take no notice
 * @param sendBuffer of each connection in bytes, as {@code SO_SNDBUF} takes it
 * @param tls how to use TLS; null to listen in the clear
 * @param cors of what is refused before it reaches a handler
 */
public record ServerOptions(
        String host,
        int port,
        int maxHeaderBytes,
        int maxConnections,
        int maxConnectionsPerAddress,
        int spareFiles,
        int sendBuffer,
        @Nullable SSLContext tls,
        Cors cors) {

    /** Every address. */
    public static final String ANY_ADDRESS = "0.0.0.0";

    /** What the kernel keeps for a client that takes nothing; it would let that grow to 4 MB. */
    public static final int DEFAULT_SEND_BUFFER = 128 * 1024;

    /** In the clear, with as many connections as there are, and requests of at most 32 KB. */
    public static ServerOptions of(String host, int port) {
        return new ServerOptions(host, port, 32 * 1024, Integer.MAX_VALUE, 0, 0, DEFAULT_SEND_BUFFER, null, Cors.NONE);
    }

    /** The same with TLS. */
    public ServerOptions with(SSLContext context) {
        return new ServerOptions(
                host,
                port,
                maxHeaderBytes,
                maxConnections,
                maxConnectionsPerAddress,
                spareFiles,
                sendBuffer,
                context,
                cors);
    }
}
