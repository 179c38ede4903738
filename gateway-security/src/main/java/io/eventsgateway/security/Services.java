package io.eventsgateway.security;

import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The services that are asked who gets in, which are probed from {@link #start} on, on a thread of its own. Any thread may call. */
public final class Services implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Services.class);
    private static final long EVERY_MILLIS = 500;

    private final List<ServiceHealth> all;
    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "services-watch"));

    Services(List<ServiceHealth> all) {
        this.all = List.copyOf(all);
    }

    /** Where nobody is asked. */
    public static Services none() {
        return new Services(List.of());
    }

    /** Each of them. */
    public List<ServiceHealth> all() {
        return all;
    }

    /** Begins to probe them. */
    public void start() {
        if (!all.isEmpty()) {
            clock.scheduleWithFixedDelay(this::tick, 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void tick() {
        all.forEach(Services::tick);
    }

    private static void tick(ServiceHealth service) {
        try {
            service.tick();
        } catch (Throwable fault) {
            // a task that throws is never run again, nor are the services behind it probed
            LOG.debug("Service not probed service={}", service.name(), fault);
        }
    }

    /** Probes no more. */
    @Override
    public void close() {
        clock.shutdownNow();
    }
}
