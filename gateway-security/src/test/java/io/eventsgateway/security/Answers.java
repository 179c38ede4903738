package io.eventsgateway.security;

import io.eventsgateway.auth.AccessException;
import io.eventsgateway.auth.AccessException.Reason;
import io.eventsgateway.auth.Authenticator;
import io.eventsgateway.auth.Credentials;
import io.eventsgateway.auth.Identity;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits for what is answered later. */
final class Answers {

    private Answers() {}

    /** What a stage completes with; or why not, as if it had been thrown. */
    static <T> T of(CompletionStage<T> stage) throws AccessException {
        try {
            return stage.toCompletableFuture()
                    .copy()
                    .orTimeout(30, TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException failed) {
            AccessException refusal = AccessException.of(failed);
            if (refusal != null) {
                throw refusal;
            }
            throw failed;
        }
    }

    /** Who somebody is; asked again for a while where the keys can't be had, as on a machine that is too busy to answer in time. */
    static Identity identity(Authenticator authenticator, Credentials credentials) throws AccessException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            try {
                return of(authenticator.authenticate(credentials));
            } catch (AccessException refused) {
                if (refused.reason() != Reason.UNAVAILABLE || System.nanoTime() > until) {
                    throw refused;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            }
        }
    }
}
