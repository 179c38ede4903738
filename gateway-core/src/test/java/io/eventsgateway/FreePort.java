package io.eventsgateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports for servers of tests: below those that clients are given, one of which could else take a server's while it is down. */
public final class FreePort {

    private FreePort() {}

    /** One for a gateway or what it asks. */
    public static int any() {
        return between(20_000, 30_000);
    }

    /** One of these, the last not among them, that nobody listens to now. */
    public static int between(int from, int to) {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(from, to);
            if (isFree(port)) {
                return port;
            }
        }
    }

    /** Whether nobody listens to it now. */
    public static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (BindException taken) {
            return false;
        } catch (IOException none) {
            throw new UncheckedIOException(none);
        }
    }
}
