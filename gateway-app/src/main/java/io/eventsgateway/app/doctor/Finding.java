package io.eventsgateway.app.doctor;

import io.eventsgateway.config.Secrets;

/**
 * What was found at one place.
 *
 * @param check the place, for example {@code kafka topic engine-message}
 * @param seen what was seen there
 * @param advice what to do; empty where nothing is to be done
 */
public record Finding(String check, Verdict verdict, String seen, String advice) {

    /** Takes the user information out of URLs. */
    public Finding {
        seen = Secrets.hideInMessage(seen);
        advice = Secrets.hideInMessage(advice);
    }

    static Finding ok(String check, String seen) {
        return new Finding(check, Verdict.OK, seen, "");
    }

    static Finding skip(String check, String why) {
        return new Finding(check, Verdict.SKIP, why, "");
    }

    static Finding warn(String check, String seen, String advice) {
        return new Finding(check, Verdict.WARN, seen, advice);
    }

    static Finding fail(String check, String seen, String advice) {
        return new Finding(check, Verdict.FAIL, seen, advice);
    }
}
