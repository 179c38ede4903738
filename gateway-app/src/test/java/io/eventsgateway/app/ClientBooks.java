package io.eventsgateway.app;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What one client heard, compared with what was sent. Hosts write and the story reads: its lock guards the fields. */
final class ClientBooks {

    private final List<Sent> sent;
    private final Map<String, Integer> notices = new TreeMap<>();
    private final List<String> remarks = new ArrayList<>();

    /** Which events came with other data than was sent. */
    private final Set<Integer> altered = new HashSet<>();

    /** The event that should come next. */
    private int next;

    private int lost;
    private int twice;
    private int unknown;
    private int empty;
    private boolean afterReset;

    /**
     * An event as a client should have it: every line break is LF.
     *
     * @param name its name, {@code message} where it was given none
     */
    record Sent(String name, String data) {

        private boolean isSameBut(String otherName, String otherData) {
            return name.equals(otherName) && inOneLine(data).equals(inOneLine(otherData));
        }

        private static String inOneLine(String text) {
            return text.replace("\n", "");
        }
    }

    /**
     * Empty books.
     *
     * @param sent what is sent, which grows, and each event before it is sent
     */
    ClientBooks(List<Sent> sent) {
        this.sent = sent;
    }

    /** Enters an event of the client's. */
    synchronized void hear(String name, String data) {
        switch (name) {
            case "reset", "token-expiring", "token-expired", "disconnect" -> {
                notices.merge(name, 1, Integer::sum);
                afterReset |= name.equals("reset");
            }
            default -> {
                if (data.isEmpty()) {
                    empty++;
                } else {
                    place(name, data);
                }
            }
        }
    }

    private void place(String name, String data) {
        int at = find(name, data, afterReset ? 0 : next, afterReset ? next : sent.size());
        if (at < 0) {
            at = find(name, data, 0, sent.size());
        }
        if (at < 0) {
            unknown++;
            remark("never sent: " + name + " " + beginning(data));
            return;
        }
        Sent event = sent.get(at);
        if (!event.data().equals(data) && altered.add(at)) {
            remark("altered: " + beginning(event.data()));
        }
        if (at < next && !afterReset) {
            twice++;
            remark("twice: " + beginning(data));
            return;
        }
        for (int i = next; i < at; i++) {
            lost++;
            remark("lost: " + beginning(sent.get(i).data()));
        }
        afterReset = false;
        next = at + 1;
    }

    private int find(String name, String data, int from, int to) {
        for (int i = from; i < to; i++) {
            if (sent.get(i).isSameBut(name, data)) {
                return i;
            }
        }
        return -1;
    }

    private static String beginning(String data) {
        return data.substring(0, Math.min(40, data.length())).replace("\n", "⏎");
    }

    /** Notes what went wrong, for who reads a failure. */
    synchronized void remark(String text) {
        if (remarks.size() < 10) {
            remarks.add(text);
        }
    }

    /** Whether everything that was sent has come. */
    synchronized boolean isUpToDate() {
        return next == sent.size() && !afterReset;
    }

    /** How often the gateway's own event of a name came. */
    synchronized int notices(String name) {
        return notices.getOrDefault(name, 0);
    }

    /** Events that never came. */
    synchronized int lost() {
        return lost + sent.size() - next;
    }

    /** Events that came again without a reset before. */
    synchronized int twice() {
        return twice;
    }

    /** Events whose data is not what was sent, and those that were never sent. */
    synchronized int altered() {
        return altered.size() + unknown;
    }

    /** Whether messages without data came, of which none was sent. */
    synchronized boolean hasEmpty() {
        return empty > 0;
    }

    @Override
    public synchronized String toString() {
        return next + " of " + sent.size() + ", notices " + notices + (remarks.isEmpty() ? "" : ", " + remarks);
    }
}
