package io.eventsgateway.auth;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers which issuers have published keys, so that one that somebody invented can be told from one that is only new to this
 * replica. Any thread may call; calls never block.
 *
 * <ol>
 *   <li>An issuer is remembered for days after it was last reported, and may be forgotten at any time.
 * <li>Nothing depends on it but who comes first: an issuer that is remembered is trusted as little as any other, and a memory that
 * fails only means that nobody is known.   <li>Stages complete within a bounded time, normally or with the cause; they may be
 * complete on return.
 * </ol>
 */
public interface IssuerMemory {

    /** All issuers that are remembered. */
    CompletionStage<Set<String>> known();

    /** Reports an issuer that publishes keys. */
    CompletionStage<?> remember(String issuer);

    /** A memory of this process alone. */
    static IssuerMemory ofProcess() {
        Set<String> issuers = ConcurrentHashMap.newKeySet();
        return new IssuerMemory() {
            @Override
            public CompletionStage<Set<String>> known() {
                return CompletableFuture.completedStage(Set.copyOf(issuers));
            }

            @Override
            public CompletionStage<?> remember(String issuer) {
                issuers.add(issuer);
                return CompletableFuture.completedStage(null);
            }
        };
    }
}
