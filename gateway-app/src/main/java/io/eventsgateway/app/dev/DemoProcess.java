package io.eventsgateway.app.dev;

import io.eventsgateway.route.InboundRecord.Header;
import io.eventsgateway.topic.Feed;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small process engine: plays the instance {@value #INSTANCE} of a loan application again and again, an event about every second,
 * as records of the engine's message topic.
 */
public final class DemoProcess implements AutoCloseable {

    static final String INSTANCE = "demo";

    private static final Logger LOG = LoggerFactory.getLogger(DemoProcess.class);
    private static final List<String> NODES =
            List.of("application-received", "check-identity", "score-risk", "decide", "notify-customer");

    private final DevRecords records;
    private final InstantSource clock;
    private final ScheduledExecutorService engine =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "demo-process"));

    // owned by the engine's thread
    private final Random random = new Random();
    private final List<Step> steps = new ArrayList<>();
    private int instance;
    private long count;

    private record Step(String event, String data) {}

    /** A process that begins with {@link #start}. */
    public DemoProcess(DevRecords records, InstantSource clock) {
        this.records = records;
        this.clock = clock;
    }

    /** Begins to play. */
    public void start() {
        engine.scheduleWithFixedDelay(this::play, 200, 900, TimeUnit.MILLISECONDS);
    }

    private void play() {
        try {
            if (steps.isEmpty()) {
                plan();
            }
            send(steps.remove(0));
        } catch (RuntimeException | Error fault) {
            LOG.error("Demo process failed, goes on", fault);
        }
    }

    private void plan() {
        instance++;
        add("newProcessStarted", "\"process\":\"loan-application\"");
        for (int node = 0; node < NODES.size(); node++) {
            add("tokenState", "\"node\":\"" + NODES.get(node) + "\",\"state\":\"active\"");
            if (NODES.get(node).equals("score-risk")) {
                int amount = 1000 * (5 + random.nextInt(40));
                add("data", "\"amount\":" + amount + ",\"score\":" + (500 + random.nextInt(350)));
            }
            add("tokenState", "\"node\":\"" + NODES.get(node) + "\",\"state\":\"done\"");
            int percent = 100 * (node + 1) / NODES.size();
            add(
                    "processMetadata",
                    "\"progressUpdateDTO\":{\"processInstanceUuid\":\"" + INSTANCE + "\",\"currentNodeId\":"
                            + (node + 1) + "},\"progress\":" + percent);
        }
        add("processState", "\"state\":\"finished\"");
    }

    private void add(String event, String data) {
        steps.add(new Step(event, data));
    }

    private void send(Step step) {
        count++;
        String value =
                "{\"processInstanceUuid\":\"" + INSTANCE + "\",\"event\":\"" + step.event() + "\",\"data\":{\"n\":"
                        + count + ",\"at\":" + clock.millis() + ",\"instance\":" + instance + "," + step.data() + "}}";
        byte[] key = INSTANCE.getBytes(StandardCharsets.UTF_8);
        List<Header> headers = List.of();
        Feed feed = Feed.ENGINE_MESSAGE;
        records.accept(feed, "demo-process", key, value.getBytes(StandardCharsets.UTF_8), headers)
                .whenComplete((reason, failure) -> {
                    if (reason != null || failure != null) {
                        LOG.error("Demo event not taken reason=\"{}\"", reason, failure);
                    }
                });
    }

    /** Stops playing. Idempotent. */
    @Override
    public void close() {
        engine.shutdownNow();
    }
}
