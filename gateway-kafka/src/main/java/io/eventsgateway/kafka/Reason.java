package io.eventsgateway.kafka;

import io.eventsgateway.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Why a Kafka client failed, in words for health and logs. */
public final class Reason {

    private static final Pattern CLASS_NAME = Pattern.compile("([a-z0-9]+\\.)+[A-Za-z]+: ");

    private Reason() {}

    /** The messages of a failure and of its causes, from the outside in; those that another one repeats are left out. */
    public static String of(Throwable failure) {
        List<String> messages = new ArrayList<>();
        for (Throwable each = failure; each != null; each = each.getCause()) {
            Throwable cause = each.getCause();
            if (cause != null && cause.toString().equals(each.getMessage())) {
                // it has no message of its own
                continue;
            }
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
        if (failure instanceof Error) {
            return text == null ? kind : kind + ": " + text;
        }
        return text == null ? words(kind) : CLASS_NAME.matcher(text).replaceAll("");
    }

    /** The name of an exception as an operator would say it. */
    private static String words(String kind) {
        return kind.replaceFirst("Exception$", "")
                .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
                .toLowerCase(Locale.ROOT);
    }
}
