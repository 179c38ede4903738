package io.eventsgateway.kafka;

import io.eventsgateway.log.Appended;
import io.eventsgateway.log.Entry;
import io.eventsgateway.log.EventWriter;
import io.eventsgateway.log.Generation;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A log that answers as the test says, and has what its present receipt is for. Nothing is appended to it. */
final class ScriptedWriter implements EventWriter {

    Generation generation = Generation.FIRST;
    String receipt = "r1";

    /** Has nothing any more, and knows. */
    void lose(Instant intactUntil) {
        generation = new Generation(generation.number() + 1, intactUntil);
        receipt = "r" + (generation.number() + 1);
    }

    @Override
    public Generation generation() {
        return generation;
    }

    @Override
    public String receipt() {
        return receipt;
    }

    @Override
    public CompletionStage<Boolean> has(String asked) {
        return CompletableFuture.completedStage(asked.equals(receipt));
    }

    @Override
    public CompletionStage<Appended> append(Generation to, List<Entry> batch) {
        throw new UnsupportedOperationException("nothing is appended in this test");
    }
}
