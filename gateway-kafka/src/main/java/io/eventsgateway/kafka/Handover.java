package io.eventsgateway.kafka;

import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is committed beside an offset, for whoever takes the partition over.
 *
 * @param at when it was committed, to the millisecond
 * @param topicId of the topic that was read: one that was made again under its name has another
 * @param from the offset of the first record that was appended lately: where to go back to if the log has lost some of them
 * @param receipt what the log had acknowledged by then
 */
record Handover(Instant at, String topicId, long from, String receipt) {

    private static final Pattern FORM = Pattern.compile("([0-9]{1,15}) topic=([^ ]+) ([0-9]{1,18}) (.*)");

    /** As it is committed. */
    String metadata() {
        return at.toEpochMilli() + " topic=" + topicId + " " + from + " " + receipt;
    }

    /** What {@link #metadata} said; null for any other text. */
    static @Nullable Handover parse(String metadata) {
        Matcher form = FORM.matcher(metadata);
        return form.matches()
                ? new Handover(
                        Instant.ofEpochMilli(Long.parseLong(form.group(1))),
                        form.group(2),
                        Long.parseLong(form.group(3)),
                        form.group(4))
                : null;
    }
}
