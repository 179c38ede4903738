package io.eventsgateway.redis;

import io.eventsgateway.Payload;
import io.eventsgateway.log.RefusedException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The data of large events, each under a key of its own. It is written in pieces, between which other commands have their turn on the
 * connection and in the server. Any thread may call.
 */
final class LargeData {

    private static final int PIECE = 1024 * 1024;

    /** Redis's strings end here. */
    private static final int MAX = 512 * 1024 * 1024;

    /** Data outlives the event that refers to it. */
    static final Duration LONGER = Duration.ofMinutes(5);

    private final CommandConnection connection;
    private final byte[] kept;

    LargeData(CommandConnection connection, Duration retention) {
        this.connection = connection;
        this.kept = Keys.number(retention.plus(LONGER).toMillis());
    }

    /** Writes data; the same as often as one likes. */
    CompletionStage<?> keep(byte[] key, Payload data) {
        return data.size() > MAX
                ? CompletableFuture.failedStage(new RefusedException("data of more than 512 MB"))
                : keepFrom(key, data, 0);
    }

    private CompletionStage<?> keepFrom(byte[] key, Payload data, int from) {
        if (from == data.size()) {
            return CompletableFuture.completedStage(null);
        }
        byte[] piece = new byte[Math.min(PIECE, data.size() - from)];
        data.copyTo(from, from + piece.length, piece, 0);
        return connection
                .change(redis -> Script.PIECE.run(redis, new byte[][] {key}, Keys.number(from), piece, kept))
                .thenCompose(done -> keepFrom(key, data, from + piece.length));
    }
}
