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
 * @param starts how many consumers took the partition over at the offset and neither got on nor gave it back
 * @param trials how many processes began to read the record at the offset alone and did not come back
 * @param receipt what the log had acknowledged by then
 */
record Handover(Instant at, String topicId, long from, int starts, int trials, String receipt) {

    private static final Pattern FORM =
            Pattern.compile("([0-9]{1,15}) topic=([^ ]+) ([0-9]{1,18}) ([0-9]{1,4})/([0-9]{1,4}) (.*)");
    private static final int MOST = 9999;

    /** Of a consumer that got on. */
    Handover(Instant at, String topicId, long from, String receipt) {
        this(at, topicId, from, 0, 0, receipt);
    }

    /** The same with other counts. */
    Handover counting(int newStarts, int newTrials) {
        return new Handover(at, topicId, from, Math.min(MOST, newStarts), Math.min(MOST, newTrials), receipt);
    }

    /** As it is committed. */
    String metadata() {
        return at.toEpochMilli() + " topic=" + topicId + " " + from + " " + starts + "/" + trials + " " + receipt;
    }

    /** What {@link #metadata} said; null for any other text. */
    static @Nullable Handover parse(String metadata) {
        Matcher form = FORM.matcher(metadata);
        return form.matches()
                ? new Handover(
                        Instant.ofEpochMilli(Long.parseLong(form.group(1))),
                        form.group(2),
                        Long.parseLong(form.group(3)),
                        Integer.parseInt(form.group(4)),
                        Integer.parseInt(form.group(5)),
                        form.group(6))
                : null;
    }
}
