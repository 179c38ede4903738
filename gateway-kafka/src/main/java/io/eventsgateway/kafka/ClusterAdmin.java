package io.eventsgateway.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/** Asks a cluster what only its admin client can. The client is made when there is something to ask. Any thread may call. */
final class ClusterAdmin implements AutoCloseable {

    /** How long to wait for an answer. */
    static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final Supplier<Admin> clients;

    // guarded by this
    private @Nullable Admin admin;
    private boolean closed;

    /** Of a cluster; nothing is asked yet. */
    ClusterAdmin(Map<String, Object> properties) {
        this(() -> Admin.create(Brokers.checked(properties)));
    }

    /** Of a cluster whose clients somebody makes; nothing is asked yet. */
    ClusterAdmin(Supplier<Admin> clients) {
        this.clients = clients;
    }

    /** Asks, and lets go of a client that failed, for it may never work again. Blocks, and throws what the question throws. */
    <T> T ask(Function<Admin, T> question) {
        Admin asked = admin();
        try {
            return question.apply(asked);
        } catch (InterruptException | AuthorizationException answered) {
            throw answered;
        } catch (RuntimeException | Error failed) {
            replace(asked);
            throw failed;
        }
    }

    /** Waits for an answer; throws what the cluster answers, or that it does not. */
    static <T> T await(KafkaFuture<T> asked) {
        try {
            return asked.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(failed.getCause());
        } catch (TimeoutException slow) {
            throw new org.apache.kafka.common.errors.TimeoutException(
                    "no answer within " + TIMEOUT.toSeconds() + " s", slow);
        } catch (InterruptedException interrupted) {
            throw new InterruptException(interrupted);
        }
    }

    private synchronized Admin admin() {
        if (closed) {
            throw new KafkaException("closed");
        }
        Admin made = admin;
        if (made == null) {
            made = clients.get();
            admin = made;
        }
        return made;
    }

    private void replace(Admin failed) {
        synchronized (this) {
            if (!failed.equals(admin)) {
                return;
            }
            admin = null;
        }
        failed.close(CLOSE);
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (admin != null) {
            admin.close(CLOSE);
            admin = null;
        }
    }
}
