package io.eventsgateway.load;

import io.eventsgateway.FreePort;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The gateway, one replica or some, on Kafka and Redis. Used by one thread. */
final class Gateways implements Server {

    private final Backends backends;
    private final Publisher publisher;
    private final List<ServerProcess> replicas = new ArrayList<>();
    private final double secondsToGroups;

    /**
     * Starts the replicas and returns when all their consumer groups are joined.
     *
     * @param command what starts one
     * @param tokens whose tokens are accepted; null to let everybody in
     */
    Gateways(Backends backends, String command, int replicas, @Nullable Tokens tokens) {
        this.backends = backends;
        this.publisher =
                new Publisher(backends.bootstrapServers(), Backends.TOPIC, tokens == null ? null : Tokens.ORGANISATION);
        Groups groups = new Groups(backends.admin());
        groups.awaitEmpty();
        long began = System.nanoTime();
        for (int i = 0; i < replicas; i++) {
            this.replicas.add(start(command, tokens));
        }
        groups.awaitJoined();
        secondsToGroups = (System.nanoTime() - began) / 1e9;
    }

    private ServerProcess start(String command, @Nullable Tokens tokens) {
        int port = FreePort.any();
        Map<String, String> environment = new HashMap<>(backends.environment());
        environment.put("SERVER_PORT", Integer.toString(port));
        environment.put("MANAGEMENT_SERVER_PORT", "0");
        environment.put("EVENTS_SSE_DRAINSECS", "0");
        if (tokens == null) {
            environment.put("SECURITY_TYPE", "none");
            environment.put("EVENTS_SECURITY_ALLOWINSECURE", "true");
            environment.put("EVENTS_SSE_MAXANONYMOUS", "1000000");
            environment.put("EVENTS_SSE_MAXANONYMOUSPERADDRESS", "1000000");
        } else {
            environment.put("SECURITY_OAUTH2_ISSUERS", tokens.issuer());
        }
        return new ServerProcess(
                List.of("sh", "-c", "exec " + command),
                environment,
                port,
                path("none"),
                tokens == null ? null : tokens.token("probe"));
    }

    /** From the first replica's start until the headers of its first event stream. */
    double secondsToFirstStream() {
        return replicas.get(0).secondsToFirstStream();
    }

    /** From the start until all consumer groups were joined. */
    double secondsToGroups() {
        return secondsToGroups;
    }

    @Override
    public List<InetSocketAddress> addresses() {
        return replicas.stream().map(ServerProcess::address).toList();
    }

    @Override
    public String path(String destination) {
        return "/api/events/process-instance/" + destination;
    }

    @Override
    public Schedule.Kept send(int run, Schedule schedule, int size, String prefix, int destinations) {
        return publisher.send(run, schedule, size, prefix, destinations);
    }

    @Override
    public ProcessTree processes() {
        return new ProcessTree(replicas.stream().map(ServerProcess::handle).toList());
    }

    @Override
    public void close() {
        publisher.close();
        replicas.forEach(ServerProcess::close);
    }
}
