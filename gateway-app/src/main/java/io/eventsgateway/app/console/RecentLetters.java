package io.eventsgateway.app.console;

import io.eventsgateway.Text;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.route.DeadLetters;
import io.eventsgateway.route.InboundRecord;
import io.eventsgateway.route.Organisations;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The last records that this replica sent to the dead letters, {@value #MOST} in all: where each one stood and why it could not be used, but
 * nothing that it says. An organisation keeps its letters while others have more of them. Any thread may call.
 */
public final class RecentLetters {

    static final int MOST = 200;
    private static final int MAX_REASON = 300;

    private final @Nullable String shared;
    private final InstantSource clock;

    // guarded by itself; the oldest first
    private final Deque<Letter> letters = new ArrayDeque<>();

    /**
     * A record that could not be used.
     *
     * @param organisation whose it is; null where it does not say
     * @param source where it stood, as {@code topic-partition@offset}
     * @param bytes the size of its value
     */
    record Letter(Instant at, @Nullable String organisation, String feed, String source, String reason, int bytes) {}

    /**
     * What somebody may see.
     *
     * @param letters the newest first
     * @param others how many there are beside them, of other organisations or of none
     */
    record Seen(List<Letter> letters, int others) {}

    /**
     * Without any letter yet.
     *
     * @param shared the organisation of records that name none, which everybody sees; null for none
     */
    public RecentLetters(@Nullable String shared, InstantSource clock) {
        this.shared = shared;
        this.clock = clock;
    }

    /** Dead letters that are remembered once the given ones have acknowledged them. */
    public DeadLetters around(DeadLetters next) {
        return (in, reason) -> next.send(in, reason).thenRun(() -> keep(in, reason));
    }

    private void keep(InboundRecord in, String reason) {
        byte[] value = in.value();
        Letter letter = new Letter(
                clock.instant(),
                organisation(in),
                in.feed().label(),
                Text.forLog(in.source().toString()),
                Text.forLog(reason, MAX_REASON),
                value == null ? 0 : value.length);
        synchronized (letters) {
            letters.addLast(letter);
            if (letters.size() > MOST) {
                letters.remove(dispensable());
            }
        }
    }

    /** The oldest letter of the organisation that has the most, so that one that has many pushes out its own. */
    private Letter dispensable() {
        // in the order of their oldest letter
        Map<String, List<Letter>> each = letters.stream()
                .collect(Collectors.groupingBy(RecentLetters::whose, LinkedHashMap::new, Collectors.toList()));
        return each.values().stream()
                .reduce((one, next) -> next.size() > one.size() ? next : one)
                .orElseThrow()
                .get(0);
    }

    private static String whose(Letter letter) {
        return Objects.requireNonNullElse(letter.organisation(), "");
    }

    private @Nullable String organisation(InboundRecord in) {
        String named = in.header(Organisations.HEADER);
        return named == null || named.isBlank() ? shared : Organisations.ofUuid(named);
    }

    /** Those of somebody's organisation and of the shared one. */
    Seen seenBy(Identity identity) {
        List<Letter> seen = new ArrayList<>();
        synchronized (letters) {
            for (Iterator<Letter> newest = letters.descendingIterator(); newest.hasNext(); ) {
                Letter letter = newest.next();
                String whose = letter.organisation();
                if (whose != null && (whose.equals(identity.organisation()) || whose.equals(shared))) {
                    seen.add(letter);
                }
            }
            return new Seen(seen, letters.size() - seen.size());
        }
    }
}
