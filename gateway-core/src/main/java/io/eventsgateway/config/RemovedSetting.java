package io.eventsgateway.config;

/**
 * A variable that meant something once. To ignore it would leave an operator believing that it still does.
 *
 * @param name its name; one that ends with {@code *} stands for all that begin so
 * @param instead what to do, a clause without a full stop
 */
public record RemovedSetting(String name, String instead) {

    /** Whether a variable is meant, in whatever spelling. */
    public boolean covers(String variable) {
        String own = Environment.canonical(name);
        String other = Environment.canonical(variable);
        return own.endsWith("*") ? other.startsWith(own.substring(0, own.length() - 1)) : other.equals(own);
    }
}
