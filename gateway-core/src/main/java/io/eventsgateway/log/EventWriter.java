package io.eventsgateway.log;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** What a feed's consumer needs of an {@link EventLog}, whose promise holds. Any thread may call. */
public interface EventWriter {

    /** The generation in which one may append. */
    Generation generation();

    /**
     * Appends a batch, in its order within each destination. When the stage fails, any part of the batch may have been appended
     * and nothing of it is under way any more; the whole may be appended again.
     *
     * @param generation the one that the caller has gone back for
     * @return fails with {@link LostException} when that is not the log's any more, or ceases to be; with {@link RefusedException}
     *     when the store will never take one of the entries
     */
    CompletionStage<Appended> append(Generation generation, List<Entry> batch);

    /**
     * Tells what the log acknowledged to this process lately, for {@link #has}: at most 1,000 printable characters, which only a
     * log of the same kind understands.
     */
    String receipt();

    /**
     * Whether the log has what it acknowledged with a receipt, to this process or to one that is gone. True for a text that it does
     * not understand.
     */
    CompletionStage<Boolean> has(String receipt);
}
