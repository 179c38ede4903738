package io.eventsgateway.undertow;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.eventsgateway.auth.Identity;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** What one address or one subject may take. Any thread may call. */
final class Limits {

    private static final int REMEMBERED = 100_000;

    private final int streams;
    private final Bounds bounds;
    private final LoadingCache<String, RateLimiter> addresses;
    private final LoadingCache<String, RateLimiter> subjects;
    private final int addressRate;
    private final int subjectRate;
    private final Map<Caller, Taken> taken = new ConcurrentHashMap<>();
    private final AtomicInteger anonymous = new AtomicInteger();

    /** Whose streams are counted together: a subject's, or those without a token of one address and organisation. */
    private record Caller(String organisation, String name, boolean isAnonymous) {}

    private record Taken(int streams, int destinations) {
        private Taken plus(int stream, int more) {
            return new Taken(streams + stream, destinations + more);
        }
    }

    /** A stream that is counted until it is left. Any thread may call. */
    final class Place {
        private final Caller caller;
        private final int destinations;
        private final AtomicBoolean left = new AtomicBoolean();

        private Place(Caller caller, int destinations) {
            this.caller = caller;
            this.destinations = destinations;
        }

        /** Idempotent. */
        void leave() {
            if (left.compareAndSet(false, true)) {
                taken.computeIfPresent(caller, (key, all) -> {
                    Taken rest = all.plus(-1, -destinations);
                    return rest.streams() == 0 ? null : rest;
                });
                if (caller.isAnonymous()) {
                    anonymous.decrementAndGet();
                }
            }
        }
    }

    Limits(SseOptions options) {
        this.streams = options.maxStreamsPerSubject();
        this.bounds = options.bounds();
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

    /**
     * Counts a stream in, unless its caller asks too often or has as much as it may.
     *
     * @param identity without names of somebody who may be anybody, who shares nothing with others of that name but an address
     * @return to be left when the stream is over, or does not come to be
     * @throws TurnedAwayException where the caller has to come back
     */
    Place enter(Identity identity, String address, int destinations) throws TurnedAwayException {
        boolean isAnonymous = identity.names().isEmpty();
        if (!isAnonymous && !takesSubject(identity.organisation() + "/" + identity.subject())) {
            throw new TurnedAwayException(
                    Refusal.RATE, "This user asks for streams more often than it may; come back later.");
        }
        Caller caller = new Caller(identity.organisation(), isAnonymous ? address : identity.subject(), isAnonymous);
        if (isAnonymous && anonymous.incrementAndGet() > bounds.anonymous()) {
            anonymous.decrementAndGet();
            throw new TurnedAwayException(
                    Refusal.FULL, "There are as many streams without a token as there may be; come back later.");
        }
        Place place = new Place(caller, destinations);
        Taken now = taken.merge(caller, new Taken(1, destinations), (all, one) -> all.plus(1, destinations));
        if (now.streams() > (isAnonymous ? bounds.anonymousPerAddress() : streams)
                || (!isAnonymous && now.destinations() > bounds.destinationsPerSubject())) {
            place.leave();
            throw isAnonymous
                    ? new TurnedAwayException(
                            Refusal.ADDRESS_LIMIT,
                            "This address has as many streams without a token as it may; come back later.")
                    : new TurnedAwayException(
                            Refusal.SUBJECT_LIMIT,
                            "This user has as many streams or destinations as it may; close some, or come back later.");
        }
        return place;
    }
}
