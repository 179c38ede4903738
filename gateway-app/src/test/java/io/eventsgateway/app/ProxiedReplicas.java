package io.eventsgateway.app;

import static io.eventsgateway.Await.await;

import io.eventsgateway.FreePort;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/** Two replicas as they are in a cluster: the same ports, on addresses of their own. Used by one thread. */
final class ProxiedReplicas implements AutoCloseable {

    /** How long a platform waits for a replica that is ready to stay so. */
    private static final long MIN_READY = TimeUnit.SECONDS.toNanos(3);

    private final int port = FreePort.any();
    private final int managementPort = FreePort.any();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<GatewayProcess> replicas;

    /** Starts them. */
    ProxiedReplicas(Map<String, String> environment) {
        replicas = IntStream.range(0, 2)
                .mapToObj(i -> new GatewayProcess(own(i, environment)))
                .toList();
        awaitReady();
    }

    private Map<String, String> own(int replica, Map<String, String> environment) {
        Map<String, String> own = new HashMap<>(environment);
        own.put("SERVER_ADDRESS", address(replica));
        own.put("SERVER_PORT", Integer.toString(port));
        own.put("MANAGEMENT_SERVER_ADDRESS", address(replica));
        own.put("MANAGEMENT_SERVER_PORT", Integer.toString(managementPort));
        return own;
    }

    /** All of 127.0.0.0/8 is this machine. */
    String address(int replica) {
        return "127.0.0." + (2 + replica);
    }

    int port() {
        return port;
    }

    int managementPort() {
        return managementPort;
    }

    /** Exchanges one after the other, as a platform does: each is ready for a moment before the next one is asked to stop. */
    void roll() {
        for (GatewayProcess each : replicas) {
            stop(each);
            each.start();
            awaitReady();
            stayReady();
        }
    }

    private static void stayReady() {
        long until = System.nanoTime() + MIN_READY;
        while (System.nanoTime() < until) {
            LockSupport.parkNanos(until - System.nanoTime());
        }
    }

    /** Stops all. */
    void stop() {
        replicas.forEach(ProxiedReplicas::stop);
    }

    private static void stop(GatewayProcess replica) {
        int exitCode = replica.stop();
        if (exitCode != 0) {
            throw new IllegalStateException("gateway ended with " + exitCode + ":\n" + replica.log());
        }
    }

    private void awaitReady() {
        await("both replicas", () -> IntStream.range(0, replicas.size())
                .allMatch(i -> ask(i, "/health/readiness").statusCode() == 200));
    }

    /** How many streams they have open. */
    long streams() {
        return IntStream.range(0, replicas.size())
                .mapToObj(i -> ask(i, "/prometheus").body())
                .flatMap(String::lines)
                .filter(line -> line.startsWith("events_gateway_streams{"))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf(' '))))
                .sum();
    }

    private Answer ask(int replica, String path) {
        URI uri = URI.create("http://" + address(replica) + ":" + managementPort + "/manage/actuator" + path);
        try {
            HttpResponse<String> answer =
                    http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(answer.statusCode(), answer.body());
        } catch (IOException notThere) {
            return new Answer(0, "");
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private record Answer(int statusCode, String body) {}

    @Override
    public void close() {
        replicas.forEach(GatewayProcess::close);
    }
}
