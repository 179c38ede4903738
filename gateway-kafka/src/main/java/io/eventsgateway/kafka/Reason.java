package io.eventsgateway.kafka;

import io.eventsgateway.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Why a Kafka client failed, in words for health and logs. */
public final class Reason {

    private static final Pattern CLASS_NAME = Pattern.compile("([a-z0-9]+\\.)+[A-Za-z]+: ");

    private Reason() {}

    /** The messages of a failure and of its causes, from the outside in; those that another one repeats are left out. */
    public static String of(Throwable failure) {
        List<String> messages = new ArrayList<>();
        for (Throwable each = failure; each != null; each = each.getCause()) {
            String message = message(each);
            messages.removeIf(before -> before.contains(message));
            messages.add(message);
        }
        return Text.forLog(String.join(": ", messages));
    }

    private static String message(Throwable failure) {
        String text = failure.getMessage();
        if (failure instanceof NoClassDefFoundError || failure instanceof ClassNotFoundException) {
            return "class " + String.valueOf(text).replace('/', '.')
                    + " is not on the class path; add the library that has it";
        }
        String kind = failure.getClass().getSimpleName();
        String said = text == null ? kind : CLASS_NAME.matcher(text).replaceAll("");
        return failure instanceof Error ? kind + ": " + said : said;
    }
}
