package io.eventsgateway.kafka;

import io.eventsgateway.lane.LaneCommit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is committed beside an offset, for whoever takes the partition over.
 *
 * @param starts how many consumers took the partition over at the offset and neither got on nor gave it back
 * @param trials how many processes began to read the record at the offset alone and did not come back
 * @param acknowledged what the log had acknowledged by then: {@link LaneCommit#metadata}; empty where nothing is known
 */
public record Handover(int starts, int trials, String acknowledged) {

    /** Where nothing is known. */
    static final Handover NONE = new Handover(0, 0, "");

    private static final Pattern FORM = Pattern.compile("([0-9]{1,4})/([0-9]{1,4}) (.*)");

    /** What the version before committed, with a receipt that says nothing about lanes. */
    private static final Pattern BEFORE =
            Pattern.compile("[0-9]{1,15} topic=[^ ]+ [0-9]{1,18} ([0-9]{1,4})/([0-9]{1,4}) .*");

    private static final int MOST = 9999;

    /** Of a consumer that got on. */
    static Handover of(LaneCommit commit) {
        return NONE.with(commit);
    }

    /** The same counts with what is acknowledged. */
    Handover with(LaneCommit commit) {
        return new Handover(starts, trials, commit.metadata());
    }

    /** The same with other counts. */
    Handover counting(int newStarts, int newTrials) {
        return new Handover(Math.min(MOST, newStarts), Math.min(MOST, newTrials), acknowledged);
    }

    /** As it is committed. */
    String metadata() {
        return starts + "/" + trials + " " + acknowledged;
    }

    /** Whether a gateway committed this, of any version. */
    public static boolean isOfGateway(String metadata) {
        return FORM.matcher(metadata).matches() || BEFORE.matcher(metadata).matches();
    }

    /** What {@link #metadata} said, or the version before; {@link #NONE} for any other text. */
    static Handover parse(String metadata) {
        Matcher form = FORM.matcher(metadata);
        if (form.matches()) {
            return new Handover(Integer.parseInt(form.group(1)), Integer.parseInt(form.group(2)), form.group(3));
        }
        Matcher before = BEFORE.matcher(metadata);
        return before.matches()
                ? new Handover(Integer.parseInt(before.group(1)), Integer.parseInt(before.group(2)), "")
                : NONE;
    }
}
