package io.eventsgateway.security;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;

/** How often each address may make the gateway ask about something that nobody has vouched for. Any thread may call. */
final class Rates {

    private static final int REMEMBERED = 100_000;

    private final LoadingCache<String, RateLimiter> addresses;

    Rates(int aSecond) {
        RateLimiterConfig config = RateLimiterConfig.custom()
                .limitForPeriod(aSecond)
                .limitRefreshPeriod(Duration.ofSeconds(1))
                .timeoutDuration(Duration.ZERO)
                .build();
        this.addresses = Caffeine.newBuilder()
                .maximumSize(REMEMBERED)
                .expireAfterAccess(Duration.ofMinutes(1))
                .build(address -> RateLimiter.of("new of an address", config));
    }

    /** Whether an address may once more. */
    boolean takes(String address) {
        return addresses.get(address).acquirePermission();
    }
}
