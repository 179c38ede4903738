package io.eventsgateway.security;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.eventsgateway.auth.AccessException;
import io.eventsgateway.auth.AccessException.Reason;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks another service questions that it answers by a status: 2xx is yes; 404 and 410 are no, and so are 401 and 403 where the
 * question is what the asker may see, else they are no answer, as is anything else, or nothing within two seconds. Answers are remembered for a while, the same question is asked once at a time, questions under way
 * are bounded, and a service that gives no answers is left alone for some seconds. Any thread may call; a call may block.
 *
 * @param <K> what a question is told by; equal ones are the same
 */
final class Lookup<K> {

    private static final Logger LOG = LoggerFactory.getLogger(Lookup.class);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration ASK_AGAIN = Duration.ofMillis(500);
    private static final int UNDER_WAY = 64;
    private static final int REMEMBERED = 10_000;

    private final String service;
    private final HttpClient http;
    private final boolean refusalIsNo;
    private final AsyncCache<K, Answer> answers;
    private final Semaphore free = new Semaphore(UNDER_WAY);
    private final CircuitBreaker breaker;

    private enum Answer {
        YES,
        NO,
        NONE
    }

    /**
     * Questions to a service.
     *
     * @param service what it is, for people
     * @param http lent; must not follow redirects
     * @param remembered how long an answer counts
     * @param refusalIsNo whether 401 and 403 are an answer
     */
    Lookup(String service, HttpClient http, Duration remembered, boolean refusalIsNo) {
        this.service = service;
        this.http = http;
        this.refusalIsNo = refusalIsNo;
        this.answers = Caffeine.newBuilder()
                .expireAfter(Expiry.creating((K key, Answer answer) -> answer == Answer.NONE ? ASK_AGAIN : remembered))
                .maximumSize(REMEMBERED)
                .buildAsync();
        this.breaker = CircuitBreaker.of(
                service,
                CircuitBreakerConfig.custom()
                        .slidingWindow(20, 10, CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                        .waitDurationInOpenState(Duration.ofSeconds(5))
                        .permittedNumberOfCallsInHalfOpenState(3)
                        .build());
        breaker.getEventPublisher()
                .onStateTransition(change -> LOG.warn(
                        "Service {} service=\"{}\"", change.getStateTransition().getToState(), service));
    }

    /**
     * Whether the answer is yes.
     *
     * @param request asks, where the answer is not remembered
     * @throws AccessException if there is no answer
     */
    boolean ask(K question, Supplier<HttpRequest.Builder> request) throws AccessException {
        return switch (answers.get(question, (key, executor) -> send(request.get()))
                .join()) {
            case YES -> true;
            case NO -> false;
            case NONE ->
                throw new AccessException(
                        Reason.UNAVAILABLE, "The " + service + " does not answer right now; try again.");
        };
    }

    private CompletableFuture<Answer> send(HttpRequest.Builder request) {
        if (!free.tryAcquire()) {
            LOG.debug("Too many questions under way service=\"{}\"", service);
            return CompletableFuture.completedFuture(Answer.NONE);
        }
        if (!breaker.tryAcquirePermission()) {
            free.release();
            return CompletableFuture.completedFuture(Answer.NONE);
        }
        long since = System.nanoTime();
        return http.sendAsync(request.timeout(PATIENCE).GET().build(), BodyHandlers.discarding())
                .orTimeout(PATIENCE.toMillis() + 500, TimeUnit.MILLISECONDS)
                .thenApply(answer -> meaning(answer.statusCode()))
                .handle((answer, failure) -> {
                    free.release();
                    long took = System.nanoTime() - since;
                    if (failure == null) {
                        breaker.onSuccess(took, TimeUnit.NANOSECONDS);
                        return answer;
                    }
                    LOG.debug("No answer service=\"{}\" cause=\"{}\"", service, failure.toString());
                    breaker.onError(took, TimeUnit.NANOSECONDS, failure);
                    return Answer.NONE;
                });
    }

    private Answer meaning(int status) {
        if (status >= 200 && status < 300) {
            return Answer.YES;
        }
        return switch (status) {
            case 401, 403 -> refusalIsNo ? Answer.NO : Answer.NONE;
            case 404, 410 -> Answer.NO;
            default -> throw new CompletionException(new IOException("status " + status));
        };
    }
}
