package io.eventsgateway.undertow;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What one address or one subject may take. Any thread may call. */
final class Limits {

    private static final int REMEMBERED = 100_000;

    private final int streams;
    private final LoadingCache<String, RateLimiter> addresses;
    private final LoadingCache<String, RateLimiter> subjects;
    private final int addressRate;
    private final int subjectRate;
    private final Map<String, Integer> open = new ConcurrentHashMap<>();

    Limits(SseOptions options) {
        this.streams = options.maxStreamsPerSubject();
        this.addressRate = options.ratePerAddress();
        this.subjectRate = options.ratePerSubject();
        this.addresses = limiters(addressRate);
        this.subjects = limiters(subjectRate);
    }

    private static LoadingCache<String, RateLimiter> limiters(int rate) {
        RateLimiterConfig config = RateLimiterConfig.custom()
                .limitForPeriod(Math.max(1, rate))
                .limitRefreshPeriod(Duration.ofSeconds(1))
                .timeoutDuration(Duration.ZERO)
                .build();
        return Caffeine.newBuilder()
                .maximumSize(REMEMBERED)
                .expireAfterAccess(Duration.ofMinutes(1))
                .build(key -> RateLimiter.of(key, config));
    }

    /** Whether a request of an address is within its rate. */
    boolean takesAddress(String address) {
        return addressRate == 0 || addresses.get(address).acquirePermission();
    }

    /** Whether a request of a subject is within its rate. */
    boolean takesSubject(String subject) {
        return subjectRate == 0 || subjects.get(subject).acquirePermission();
    }

    /** Counts a subject's stream in, unless it has as many as it may; each that is in is to be let {@link #leave}. */
    boolean enter(String subject) {
        int now = open.merge(subject, 1, Integer::sum);
        if (now > streams) {
            leave(subject);
            return false;
        }
        return true;
    }

    void leave(String subject) {
        open.computeIfPresent(subject, (key, count) -> count == 1 ? null : count - 1);
    }
}
