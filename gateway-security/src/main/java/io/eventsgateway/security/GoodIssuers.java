package io.eventsgateway.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.eventsgateway.auth.IssuerMemory;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The issuers that are known to have published keys, to this replica or to another one: the shared memory's, read as a whole and not
 * often, whoever asks. Any thread may call.
 */
final class GoodIssuers {

    private static final Logger LOG = LoggerFactory.getLogger(GoodIssuers.class);
    private static final long READ_AGAIN = TimeUnit.SECONDS.toNanos(1);
    private static final long PATIENCE_MILLIS = 500;
    private static final Duration REPORT_AGAIN = Duration.ofHours(12);

    private final IssuerMemory memory;
    private final Ticker ticker;
    private final Cache<String, Boolean> reported;

    // guarded by this
    private Set<String> known = Set.of();
    private @Nullable CompletableFuture<Set<String>> reading;
    private long readAt;

    GoodIssuers(IssuerMemory memory, Ticker ticker) {
        this.memory = memory;
        this.ticker = ticker;
        this.readAt = ticker.read() - READ_AGAIN;
        this.reported = Caffeine.newBuilder()
                .ticker(ticker)
                .expireAfterWrite(REPORT_AGAIN)
                .maximumSize(10_000)
                .build();
    }

    /** Whether an issuer has published keys before; no where the memory does not answer. The stage never fails. */
    CompletionStage<Boolean> isGood(String issuer) {
        return reported.getIfPresent(issuer) != null
                ? CompletableFuture.completedStage(true)
                : read(issuer).thenApply(all -> all.contains(issuer));
    }

    private CompletionStage<Set<String>> read(String issuer) {
        CompletableFuture<Set<String>> begun;
        synchronized (this) {
            if (reading != null) {
                return reading;
            }
            if (known.contains(issuer) || ticker.read() - readAt < READ_AGAIN) {
                return CompletableFuture.completedStage(known);
            }
            begun = new CompletableFuture<>();
            reading = begun;
        }
        memory.known()
                .toCompletableFuture()
                .copy()
                .orTimeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                .whenComplete((all, failure) -> begun.complete(read(all, failure)));
        return begun;
    }

    private synchronized Set<String> read(@Nullable Set<String> all, @Nullable Throwable failure) {
        if (failure != null) {
            LOG.debug("Known issuers not read cause=\"{}\"", Asking.cause(failure));
        }
        known = all == null ? known : Set.copyOf(all);
        readAt = ticker.read();
        reading = null;
        return known;
    }

    /** Reports an issuer that published keys; now and then, and at the next time again where that failed. */
    void remember(String issuer) {
        if (reported.asMap().putIfAbsent(issuer, true) == null) {
            memory.remember(issuer).whenComplete((done, failure) -> {
                if (failure != null) {
                    LOG.debug("Known issuer not remembered cause=\"{}\"", Asking.cause(failure));
                    reported.invalidate(issuer);
                }
            });
        }
    }
}
