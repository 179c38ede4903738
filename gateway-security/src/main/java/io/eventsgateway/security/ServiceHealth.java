package io.eventsgateway.security;

import io.eventsgateway.config.Secrets;
import io.eventsgateway.outage.OutageLog;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a service answers that is asked by HTTP, and the log of its outages. It is known from the questions that clients make necessary, three
 * of which fail in a row, and from probes, as far as {@link Services} has it probed: clients may come seldom, or name what does not exist. Any
 * thread may call.
 */
public final class ServiceHealth {

    private static final Logger LOG = LoggerFactory.getLogger(ServiceHealth.class);
    private static final int FAILURES = 3;

    /** How long failed questions count where no others come. */
    private static final long REMEMBERED_NANOS = TimeUnit.MINUTES.toNanos(1);

    private static final long PROBE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long PROBE_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String name;
    private final String address;
    private final Supplier<CompletionStage<String>> probe;
    private final LongSupplier clock;

    // of the thread that calls tick: it may have to wait for the log, which nobody else should
    private final OutageLog outages;

    // guarded by this
    private String probed = "";
    private String failed = "";
    private int failures;
    private long failedAt;
    private long probeAt;
    private @Nullable CompletionStage<String> probing;

    /**
     * Of a service that was not asked yet.
     *
     * @param name in health and metrics
     * @param title in a sentence
     * @param address its URL
     * @param setting what names it in the configuration
     * @param probe asks it something: completes with why it does not answer, empty where it does; never fails
     * @param clock as {@link System#nanoTime}
     */
    ServiceHealth(
            String name,
            String title,
            String address,
            String setting,
            Supplier<CompletionStage<String>> probe,
            LongSupplier clock) {
        this.name = name;
        this.address = Secrets.hideInMessage(address);
        this.probe = probe;
        this.clock = clock;
        this.outages = new OutageLog(title, this.address, setting, LOG::warn, LOG::info);
        this.probeAt = clock.getAsLong();
    }

    /** What it is called in health and metrics. */
    public String name() {
        return name;
    }

    /** Its URL, without a login. */
    public String address() {
        return address;
    }

    /** Why it does not answer; empty where it does, as far as is known. */
    public synchronized String problem() {
        if (!probed.isEmpty()) {
            return probed;
        }
        return failures >= FAILURES && clock.getAsLong() - failedAt < REMEMBERED_NANOS ? failed : "";
    }

    /** It answered a question, whatever it said. */
    synchronized void answered() {
        failures = 0;
    }

    /** It did not answer a question. */
    synchronized void failed(String why) {
        long now = clock.getAsLong();
        failures++;
        failed = why;
        failedAt = now;
        doubted();
    }

    /** It gave an answer that is none, of which the question may be the cause: a probe shows whether it works. */
    synchronized void doubted() {
        long now = clock.getAsLong();
        probeAt = Math.min(probeAt - now, 0) + now;
    }

    /** Has its outage logged, and it probed if that is due. Called by one thread, again and again. */
    void tick() {
        long now = clock.getAsLong();
        outages.observe(now, problem());
        boolean due;
        synchronized (this) {
            due = probing == null && now - probeAt >= 0;
        }
        if (due) {
            CompletionStage<String> begun = probe.get();
            synchronized (this) {
                probing = begun;
            }
            begun.whenComplete((why, failure) -> probed(why == null ? String.valueOf(failure) : why));
        }
    }

    private synchronized void probed(String why) {
        probing = null;
        probed = why;
        probeAt = clock.getAsLong() + (why.isEmpty() ? PROBE_NANOS : PROBE_AGAIN_NANOS);
    }
}
