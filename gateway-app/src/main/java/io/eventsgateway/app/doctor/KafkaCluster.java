package io.eventsgateway.app.doctor;

import io.eventsgateway.Text;
import io.eventsgateway.kafka.Brokers;
import io.eventsgateway.kafka.Reason;
import io.eventsgateway.kafka.TokenLogin;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaFuture;
import org.jspecify.annotations.Nullable;

/**
 * The cluster, as the first bootstrap server leads to it that lets the gateway in. Checks of the cluster wait for that. Any thread may
 * call; calls block.
 */
final class KafkaCluster implements AutoCloseable {

    private static final String NOBODY = "no bootstrap server of Kafka lets the gateway in";
    private static final int ANSWER_MILLIS = 3500;

    private final Map<String, Object> properties;
    private final CompletableFuture<Admin> admin = new CompletableFuture<>();
    private final CompletableFuture<String> address = new CompletableFuture<>();

    /**
     * A cluster that nobody has asked yet.
     *
     * @param properties what every client is configured with
     */
    KafkaCluster(Map<String, Object> properties) {
        this.properties = new HashMap<>(properties);
        this.properties.put("client.id", "events-gateway-doctor");
        this.properties.put("request.timeout.ms", ANSWER_MILLIS);
        this.properties.put("default.api.timeout.ms", ANSWER_MILLIS);
        this.properties.put("socket.connection.setup.timeout.ms", 2000);
    }

    Map<String, Object> properties() {
        return properties;
    }

    /** A client of one server; it is to be handed to {@link #found}, or closed. */
    Admin ask(String server) {
        return Admin.create(Brokers.at(server, properties));
    }

    /** A server let the gateway in. */
    void found(String server, Admin by) {
        address.complete(server);
        if (!admin.complete(by)) {
            by.close(Duration.ZERO);
        }
    }

    /** No server did. */
    void notFound() {
        NotExamined nobody = new NotExamined(NOBODY);
        address.completeExceptionally(nobody);
        admin.completeExceptionally(nobody);
    }

    /** What a client of the cluster can be made with. */
    Map<String, Object> reached() throws NotExamined, InterruptedException {
        return Brokers.at(await(address), properties);
    }

    Admin admin() throws NotExamined, InterruptedException {
        return await(admin);
    }

    private static <T> T await(CompletableFuture<T> found) throws NotExamined, InterruptedException {
        try {
            return found.get(Check.PATIENCE.toMillis() + 500, TimeUnit.MILLISECONDS);
        } catch (TimeoutException hanging) {
            throw new NotExamined(NOBODY);
        } catch (ExecutionException notFound) {
            throw new NotExamined(NOBODY);
        }
    }

    /** Waits for an answer; throws what the cluster answers. Null is the answer to nothing that was asked. */
    static <T> T answer(@Nullable KafkaFuture<T> asked) throws Throwable {
        try {
            return Objects.requireNonNull(asked).get(Check.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException refused) {
            throw refused.getCause() == null ? refused : refused.getCause();
        } catch (TimeoutException slow) {
            throw new org.apache.kafka.common.errors.TimeoutException("no answer");
        }
    }

    /** Why the cluster did not do what it was asked, in words. */
    String why(Throwable failure) {
        String token = TokenLogin.problem(properties);
        return token.isEmpty() ? Reason.of(failure) : Text.forLog(token);
    }

    @Override
    public void close() {
        notFound();
        if (!admin.isCompletedExceptionally()) {
            admin.join().close(Duration.ZERO);
        }
    }
}
