package io.eventsgateway.app.doctor;

import io.eventsgateway.config.Environment;
import io.eventsgateway.undertow.Cors;
import io.eventsgateway.undertow.OriginPattern;
import io.eventsgateway.undertow.SseSettings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Explains whether a page of an origin may read the streams, by the settings alone. Any thread may call. */
record OriginCheck(Environment environment, String origin) {

    String name() {
        return "origin " + origin;
    }

    List<Finding> look() {
        Cors cors = environment.get(SseSettings.CORS);
        String setting = SseSettings.CORS.name() + "="
                + environment.explain(SseSettings.CORS).text();
        if (cors.any()) {
            return List.of(Finding.warn(
                    name(),
                    "is allowed by " + setting + ", without credentials: cookies are not sent",
                    "name the origins where a cookie carries the token (EVENTS_SSE_AUTHCOOKIE)"));
        }
        if (cors.allows(origin)) {
            return List.of(Finding.ok(name(), "is allowed by " + setting));
        }
        OriginPattern asked = OriginPattern.parse(origin);
        String why = asked == null
                ? "is no origin: that is scheme, host and port alone, as https://app.example.com"
                : "is not in " + setting + difference(cors, asked)
                        + "; its pages get no event, and the browser reports CORS";
        return List.of(Finding.fail(
                name(),
                why,
                asked == null ? "give what the browser sends in Origin" : "add it to " + SseSettings.CORS.name()));
    }

    private static String difference(Cors cors, OriginPattern asked) {
        for (OriginPattern each : cors.origins()) {
            String differs = difference(each, asked);
            if (differs != null) {
                return ", where " + differs;
            }
        }
        return "";
    }

    /** In what one differs from the other; null where they have too little in common. */
    private static @Nullable String difference(OriginPattern allowed, OriginPattern asked) {
        if (allowed.below()) {
            return allowed.host().equals(asked.host())
                    ? "*." + allowed.host() + " stands for what is below " + allowed.host() + ", not for itself"
                    : null;
        }
        if (!allowed.host().equals(asked.host())) {
            return null;
        }
        return allowed.scheme().equals(asked.scheme()) ? "the port differs" : "the scheme differs";
    }
}
