package io.eventsgateway.security;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.eventsgateway.auth.AccessException;
import io.eventsgateway.auth.AccessException.Reason;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks another service questions that it answers by a status: 2xx is yes; 404 and 410 are no, and so are 401 and 403 where the
 * question is what the asker may see, else they are no answer, as is anything else, or nothing within two seconds. Answers are
 * remembered for a while and count for all who ask the same; one caller asks the same once at a time. Questions under way are bounded,
 * and shared out evenly among those who ask; a service that gives no answers is left alone for some seconds. Any thread may call; no
 * call waits, stages complete on the client's threads.
 *
 * @param <K> identifies a question: equal keys are the same question
 */
final class Lookup<K> {

    private static final Logger LOG = LoggerFactory.getLogger(Lookup.class);
    private static final Duration ASK_AGAIN = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final int WAITING = 256;
    private static final int REMEMBERED = 10_000;

    private final String service;
    private final ServiceHealth health;
    private final HttpClient http;
    private final boolean refusalIsNo;
    private final Turns turns;
    private final Cache<K, Answer> answers;
    private final AsyncCache<Asked<K>, Answer> asked;
    private final CircuitBreaker breaker;

    private record Asked<K>(K question, Object caller) {}

    private enum Answer {
        YES,
        NO,
        NONE
    }

    /**
     * Questions to a service.
     *
     * @param service what it is, for people
     * @param health learns whether it answers
     * @param http lent; must not follow redirects
     * @param remembered how long an answer counts
     * @param refusalIsNo whether 401 and 403 are an answer
     * @param atOnce how many questions may be under way
     * @param share how many of one asker
     */
    Lookup(
            String service,
            ServiceHealth health,
            HttpClient http,
            Duration remembered,
            boolean refusalIsNo,
            int atOnce,
            int share) {
        this.service = service;
        this.health = health;
        this.http = http;
        this.refusalIsNo = refusalIsNo;
        this.turns = new Turns(atOnce, share, WAITING, PATIENCE);
        this.answers = Caffeine.newBuilder()
                .expireAfterWrite(remembered)
                .maximumSize(REMEMBERED)
                .build();
        this.asked = Caffeine.newBuilder()
                .expireAfter(Expiry.creating(
                        (Asked<K> key, Answer answer) -> answer == Answer.NONE ? ASK_AGAIN : Duration.ZERO))
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
                .onStateTransition(change -> LOG.debug(
                        "Service {} service=\"{}\"", change.getStateTransition().getToState(), service));
    }

    /**
     * Whether the answer is yes.
     *
     * @param question what an answer is remembered for
     * @param caller in whose name it is asked; that one gets no answer says nothing of what another gets
     * @param asker whose share of the questions it takes
     * @param request asks, where the answer is not remembered
     * @return fails with {@link AccessException} if there is no answer
     */
    CompletionStage<Boolean> ask(K question, Object caller, String asker, Supplier<HttpRequest.Builder> request) {
        Answer known = answers.getIfPresent(question);
        if (known != null) {
            return CompletableFuture.completedStage(known == Answer.YES);
        }
        CompletableFuture<Answer> mine = new CompletableFuture<>();
        CompletableFuture<Answer> answer = asked.asMap().putIfAbsent(new Asked<>(question, caller), mine);
        if (answer == null) {
            answer = mine;
            turns.take(asker, () -> answer(question, request)).whenComplete((done, failure) -> {
                if (failure != null) {
                    LOG.debug("Not asked service=\"{}\" cause=\"{}\"", service, Asking.cause(failure));
                }
                mine.complete(done == null ? Answer.NONE : done);
            });
        }
        return answer.thenCompose(found -> found == Answer.NONE
                ? new AccessException(Reason.UNAVAILABLE, "The " + service + " does not answer right now; try again.")
                        .asStage()
                : CompletableFuture.completedStage(found == Answer.YES));
    }

    /**
     * Asks without a token, so as to know whether there is an answer.
     *
     * @return completes with why there is none; empty where there is one
     */
    static CompletionStage<String> probe(HttpClient http, String uri) {
        return Asking.send(http, HttpRequest.newBuilder(URI.create(uri)), BodyHandlers.discarding())
                .handle((answer, failure) -> answer == null
                        ? failure == null ? "" : Asking.cause(failure)
                        : isAnswer(answer.statusCode()) ? "" : "status " + answer.statusCode());
    }

    private static boolean isAnswer(int status) {
        return (status >= 200 && status < 300) || status == 401 || status == 403 || status == 404 || status == 410;
    }

    /** Whether an answer is remembered. */
    boolean remembers(K question) {
        return answers.getIfPresent(question) != null;
    }

    /** The answer, which another caller may have got meanwhile. */
    private CompletionStage<Answer> answer(K question, Supplier<HttpRequest.Builder> request) {
        Answer known = answers.getIfPresent(question);
        return known != null
                ? CompletableFuture.completedStage(known)
                : send(request).whenComplete((answer, failure) -> {
                    if (answer == Answer.YES || answer == Answer.NO) {
                        answers.put(question, answer);
                    }
                });
    }

    private CompletionStage<Answer> send(Supplier<HttpRequest.Builder> request) {
        HttpRequest.Builder made = request.get().GET();
        if (!breaker.tryAcquirePermission()) {
            return CompletableFuture.completedStage(Answer.NONE);
        }
        long since = System.nanoTime();
        CompletionStage<Answer> sent;
        try {
            sent = Asking.send(http, made, BodyHandlers.discarding()).thenApply(answer -> meaning(answer.statusCode()));
        } catch (RuntimeException thrown) {
            sent = CompletableFuture.failedStage(thrown);
        }
        return sent.handle((answer, failure) -> {
            long took = System.nanoTime() - since;
            if (failure == null) {
                breaker.onSuccess(took, TimeUnit.NANOSECONDS);
                health.answered();
                return answer;
            }
            LOG.debug("No answer service=\"{}\" cause=\"{}\"", service, Asking.cause(failure));
            breaker.onError(took, TimeUnit.NANOSECONDS, failure);
            health.failed(Asking.cause(failure));
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
            default -> throw new CompletionException(new StatusException(status));
        };
    }
}
