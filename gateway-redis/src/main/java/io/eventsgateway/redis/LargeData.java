package io.eventsgateway.redis;

import io.eventsgateway.Payload;
import io.eventsgateway.log.RefusedException;
import io.eventsgateway.log.StoredEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The data of large events, each under a key of its own. It is written and read in pieces, between which other commands have their turn
 * on the connection and in the server. Any thread may call.
 */
final class LargeData {

    private static final int PIECE = 1024 * 1024;

    /** Redis's strings end here. */
    private static final int MAX = 512 * 1024 * 1024;

    /** Data outlives the event that refers to it. */
    static final Duration LONGER = Duration.ofMinutes(5);

    private final Connections connections;
    private final byte[] kept;

    LargeData(Connections connections, Duration retention) {
        this.connections = connections;
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
        return connections
                .change(redis -> Script.PIECE.run(redis, new byte[][] {key}, Keys.number(from), piece, kept))
                .thenCompose(done -> keepFrom(key, data, from + piece.length));
    }

    /** The events of a page as it came from the script, with their data; fewer where the data of one has expired. */
    CompletionStage<List<StoredEvent>> events(Keys keys, long epoch, List<?> flat) {
        return eventsFrom(keys, epoch, flat, 0, new ArrayList<>(flat.size() / 2));
    }

    private CompletionStage<List<StoredEvent>> eventsFrom(
            Keys keys, long epoch, List<?> flat, int from, List<StoredEvent> events) {
        for (int i = from; i < flat.size(); i += 2) {
            var id = RedisEventLog.id(epoch, Replies.text(flat.get(i)));
            byte[] stored = (byte[]) flat.get(i + 1);
            if (StoredForm.isReference(stored)) {
                StoredForm.Reference reference = StoredForm.reference(stored);
                byte[] data = new byte[reference.size()];
                int next = i + 2;
                return readFrom(keys.large(reference.name()), data, 0).thenCompose(whole -> {
                    if (!whole) {
                        return CompletableFuture.completedStage(events);
                    }
                    events.add(new StoredEvent(id, StoredForm.read(stored, Payload.of(data))));
                    return eventsFrom(keys, epoch, flat, next, events);
                });
            }
            events.add(new StoredEvent(id, StoredForm.read(stored, 0)));
        }
        return CompletableFuture.completedStage(events);
    }

    /** Fills in data from an index on; false when it is not there any more. */
    private CompletionStage<Boolean> readFrom(byte[] key, byte[] data, int from) {
        if (from == data.length) {
            return CompletableFuture.completedStage(true);
        }
        int to = Math.min(data.length, from + PIECE);
        return connections.run(redis -> redis.getrange(key, from, to - 1)).thenCompose(piece -> {
            if (piece.length != to - from) {
                return CompletableFuture.completedStage(false);
            }
            System.arraycopy(piece, 0, data, from, piece.length);
            return readFrom(key, data, to);
        });
    }
}
