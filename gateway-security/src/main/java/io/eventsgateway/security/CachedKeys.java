package io.eventsgateway.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import com.nimbusds.jwt.SignedJWT;
import io.eventsgateway.security.KeySet.Verdict;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One issuer's keys, as they were fetched last. They are fetched again a minute before they are too old, in the background; too old
 * ones are waited for once, and used on while the issuer can't be asked. Any thread may call.
 */
final class CachedKeys {

    private static final long FRESH = TimeUnit.MINUTES.toNanos(5);
    private static final long FETCH_AHEAD = TimeUnit.MINUTES.toNanos(4);
    private static final long KEPT = TimeUnit.HOURS.toNanos(12);
    private static final long FETCH_AGAIN = TimeUnit.SECONDS.toNanos(10);
    private static final long UNKNOWN_AGAIN = TimeUnit.SECONDS.toNanos(30);
    private static final int MAX_UNKNOWN = 100;
    private static final int MAX_HEADER = 1024;

    private final Supplier<CompletionStage<KeySet>> fetcher;
    private final Ticker ticker;

    /** Headers of which no key was there, which is not asked again for a while; the whole, since more than the id selects a key. */
    private final Cache<String, Boolean> unknown;

    // guarded by this
    private KeySet keys;
    private long fetchedAt;
    private long failedAt;
    private boolean failed;
    private long unknownAt;
    private @Nullable CompletableFuture<KeySet> fetching;

    CachedKeys(KeySet keys, Supplier<CompletionStage<KeySet>> fetcher, Ticker ticker) {
        this.keys = keys;
        this.fetcher = fetcher;
        this.ticker = ticker;
        this.fetchedAt = ticker.read();
        this.unknownAt = fetchedAt - UNKNOWN_AGAIN;
        this.unknown = Caffeine.newBuilder()
                .ticker(ticker)
                .expireAfterWrite(Duration.ofNanos(UNKNOWN_AGAIN))
                .maximumSize(MAX_UNKNOWN)
                .build();
    }

    /**
     * What the keys say about a token; of one by a key that is not there, after they were fetched again.
     *
     * @return complete on return where nothing has to be fetched; fails where that can't be told now
     */
    CompletionStage<Verdict> verify(SignedJWT token) {
        String header = token.getHeader().toBase64URL().toString();
        return current().thenCompose(current -> {
            Verdict verdict = current.verify(token);
            if (verdict != Verdict.UNKNOWN || unknown.getIfPresent(header) != null) {
                return CompletableFuture.completedStage(verdict);
            }
            return again().thenApply(next -> {
                Verdict last = next.verify(token);
                if (last == Verdict.UNKNOWN && header.length() <= MAX_HEADER) {
                    unknown.put(header, true);
                }
                return last;
            });
        });
    }

    private CompletionStage<KeySet> current() {
        KeySet old;
        boolean usable;
        boolean waits;
        synchronized (this) {
            long age = ticker.read() - fetchedAt;
            if (age < FETCH_AHEAD) {
                return CompletableFuture.completedStage(keys);
            }
            old = keys;
            usable = age < KEPT;
            waits = age >= FRESH && !failed;
        }
        CompletionStage<KeySet> next = fetchAgain();
        if (!usable) {
            return next;
        }
        return waits ? next.exceptionally(failure -> old) : CompletableFuture.completedStage(old);
    }

    /** The keys as they are now, for a token by one that is not there; seldom, since anybody can name keys that are not there. */
    private CompletionStage<KeySet> again() {
        synchronized (this) {
            long now = ticker.read();
            if (fetching == null) {
                if (now - unknownAt < UNKNOWN_AGAIN) {
                    return IssuerKeys.unavailable();
                }
                unknownAt = now;
            }
        }
        return fetchAgain();
    }

    /** Fetches, unless that is under way or has just failed. */
    private CompletionStage<KeySet> fetchAgain() {
        CompletableFuture<KeySet> mine;
        synchronized (this) {
            if (fetching != null) {
                return fetching;
            }
            if (failed && ticker.read() - failedAt < FETCH_AGAIN) {
                return IssuerKeys.unavailable();
            }
            mine = new CompletableFuture<>();
            fetching = mine;
        }
        fetcher.get().whenComplete((next, failure) -> {
            fetched(next);
            if (next != null) {
                mine.complete(next);
            } else {
                // the issuer had keys before: whatever it says now, it may have them again
                mine.completeExceptionally(IssuerKeys.noAnswer());
            }
        });
        return mine;
    }

    private synchronized void fetched(@Nullable KeySet next) {
        fetching = null;
        failed = next == null;
        if (next == null) {
            failedAt = ticker.read();
            unknownAt = failedAt - UNKNOWN_AGAIN;
        } else {
            keys = next;
            fetchedAt = ticker.read();
        }
    }
}
