package clients;

import java.util.Optional;
import java.util.function.BiConsumer;

// begin
/** Puts events together from the lines of a stream. */
final class EventLines {

    private final BiConsumer<String, String> hear;
    private String name = "";
    private StringBuilder data = new StringBuilder();
    private String id;
    private String last;
    private long retry = 3000;

    EventLines(BiConsumer<String, String> hear) {
        this.hear = hear;
    }

    /** Forgets the event that the connection before has begun, and returns the position, which is that of the last whole one. */
    Optional<String> begin() {
        name = "";
        data = new StringBuilder();
        id = last;
        return Optional.ofNullable(last);
    }

    void accept(String line) {
        int colon = line.indexOf(':');
        String value = line.substring(line.startsWith(": ", colon) ? colon + 2 : colon + 1);
        if (line.isEmpty()) {
            if (data.length() > 0) {
                hear.accept(name.isEmpty() ? "message" : name, data.substring(0, data.length() - 1));
            }
            last = id;
            begin();
        } else if (line.startsWith("event:")) {
            name = value;
        } else if (line.startsWith("data:")) {
            data.append(value).append('\n');
        } else if (line.startsWith("id:")) {
            id = value;
        } else if (line.startsWith("retry:")) {
            retry = Long.parseLong(value);
        }
    }

    long retry() {
        return retry;
    }
}
// end
