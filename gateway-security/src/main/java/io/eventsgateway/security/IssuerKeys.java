package io.eventsgateway.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import io.eventsgateway.auth.AccessException;
import io.eventsgateway.auth.AccessException.Reason;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The keys of all issuers: cached for five minutes, fetched again shortly before and for a key that is not there, kept for twelve hours
 * while the issuer can't be asked. Keys that are cached never wait for anybody. An issuer is asked once at a time; of those that nobody
 * is known to have keys from, each address may have few asked for, and waits for no other's. Any thread may call; stages complete on
 * the fetcher's threads.
 */
final class IssuerKeys {

    private static final int MAX_ISSUERS = 1000;
    private static final int AT_ONCE = 8;
    private static final int SHARE_OF_NEW = 2;
    private static final int WAITING = 32;
    private static final int NEW_ISSUERS_A_SECOND = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final Duration WITHOUT_KEYS = Duration.ofSeconds(30);
    private static final Duration ASK_AGAIN = Duration.ofSeconds(3);

    private final Function<String, CompletionStage<KeySet>> fetcher;
    private final GoodIssuers goodIssuers;
    private final Ticker ticker;
    private final Cache<String, CachedKeys> cached;

    /** Issuers that look right but had no keys, and what their tokens are told. */
    private final Cache<String, AccessException> withoutKeys;

    /** First questions about an issuer, of all from one address. */
    private final ConcurrentMap<First, CompletableFuture<CachedKeys>> firsts = new ConcurrentHashMap<>();

    /** First fetches of an issuer. */
    private final ConcurrentMap<String, CompletableFuture<CachedKeys>> fetches = new ConcurrentHashMap<>();

    /** Anybody can name realms that are not there; each costs a request to the server of them all. */
    private final Turns newOnes = new Turns(AT_ONCE, SHARE_OF_NEW, WAITING, PATIENCE);

    private final Rates newOnesRates = new Rates(NEW_ISSUERS_A_SECOND);
    private final Turns goodOnes = new Turns(AT_ONCE, 1, WAITING, PATIENCE);

    private record First(String issuer, String address) {}

    /**
     * No keys yet.
     *
     * @param fetcher asks an issuer for its keys; its stage completes within a bounded time, and fails with {@link AccessException} for
     *     an issuer that has none
     */
    IssuerKeys(Function<String, CompletionStage<KeySet>> fetcher, GoodIssuers goodIssuers, Ticker ticker) {
        this.fetcher = fetcher;
        this.goodIssuers = goodIssuers;
        this.ticker = ticker;
        this.cached =
                Caffeine.newBuilder().ticker(ticker).maximumSize(MAX_ISSUERS).build();
        this.withoutKeys = Caffeine.newBuilder()
                .ticker(ticker)
                .expireAfter(Expiry.creating((String issuer, AccessException told) ->
                        told.reason() == Reason.UNAVAILABLE ? ASK_AGAIN : WITHOUT_KEYS))
                .maximumSize(10 * MAX_ISSUERS)
                .build();
    }

    /**
     * What is cached of an issuer, which is fetched if nothing is.
     *
     * @param address of who wants to know
     * @return complete on return where something is cached; fails with {@link AccessException} where no keys can be had
     */
    CompletionStage<CachedKeys> of(String issuer, String address) {
        CompletionStage<CachedKeys> known = known(issuer);
        if (known != null) {
            return known;
        }
        CompletableFuture<CachedKeys> mine = new CompletableFuture<>();
        First first = new First(issuer, address);
        CompletableFuture<CachedKeys> others = firsts.putIfAbsent(first, mine);
        if (others != null) {
            return others;
        }
        goodIssuers
                .isGood(issuer)
                .thenCompose(good -> good
                        ? goodOnes.take(issuer, () -> fetchFirst(issuer))
                        : newOnesRates.takes(address)
                                ? newOnes.take(address, () -> fetchFirst(issuer))
                                : IssuerKeys.<CachedKeys>unavailable())
                .whenComplete((keys, failure) -> {
                    firsts.remove(first, mine);
                    if (failure != null) {
                        mine.completeExceptionally(told(failure));
                    } else {
                        mine.complete(keys);
                    }
                });
        return mine;
    }

    /** What is remembered of an issuer, its keys or why it has none; null for nothing. */
    private @Nullable CompletionStage<CachedKeys> known(String issuer) {
        CachedKeys keys = cached.getIfPresent(issuer);
        if (keys != null) {
            return CompletableFuture.completedStage(keys);
        }
        AccessException none = withoutKeys.getIfPresent(issuer);
        return none == null ? null : none.asStage();
    }

    /** Asks an issuer whose keys are not cached, unless somebody else did meanwhile or does now. */
    private CompletionStage<CachedKeys> fetchFirst(String issuer) {
        CompletionStage<CachedKeys> known = known(issuer);
        if (known != null) {
            return known;
        }
        CompletableFuture<CachedKeys> mine = new CompletableFuture<>();
        CompletableFuture<CachedKeys> others = fetches.putIfAbsent(issuer, mine);
        if (others != null) {
            return others;
        }
        fetch(issuer).whenComplete((keys, failure) -> {
            if (keys != null) {
                CachedKeys made = new CachedKeys(keys, () -> goodOnes.take(issuer, () -> fetch(issuer)), ticker);
                cached.put(issuer, made);
                fetches.remove(issuer, mine);
                mine.complete(made);
            } else {
                AccessException told = told(failure);
                withoutKeys.put(issuer, told);
                fetches.remove(issuer, mine);
                mine.completeExceptionally(told);
            }
        });
        return mine;
    }

    private CompletionStage<KeySet> fetch(String issuer) {
        CompletionStage<KeySet> begun;
        try {
            begun = fetcher.apply(issuer);
        } catch (RuntimeException thrown) {
            begun = CompletableFuture.failedStage(thrown);
        }
        return begun.whenComplete((keys, failure) -> {
            if (keys != null) {
                goodIssuers.remember(issuer);
            }
        });
    }

    /** What the bearer of a token is told of which no key can be had. */
    static AccessException noAnswer() {
        return new AccessException(Reason.UNAVAILABLE, "The issuer's keys can't be had right now; try again.");
    }

    static <T> CompletionStage<T> unavailable() {
        return noAnswer().asStage();
    }

    private static AccessException told(@Nullable Throwable failure) {
        AccessException told = failure == null ? null : AccessException.of(failure);
        return told == null ? noAnswer() : told;
    }
}
