package io.eventsgateway.app.doctor;

import io.eventsgateway.app.doctor.StreamWatch.Seen;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Measures the way from a client through what is before the gateway: opens a stream as a browser does and looks at what arrives, when, and
 * who ends it. Any thread may call; a call blocks for as long as it measures.
 *
 * @param destination to open; the position that its subject has there may move
 * @param seconds how long to measure
 * @param heartbeat of the gateway
 */
record UrlCheck(PublicUrl url, String destination, Duration seconds, Duration heartbeat) {

    private static final String ANSWER = "url answer";
    private static final String FIRST_BYTE = "url first byte";
    private static final String HEARTBEATS = "url heartbeats";
    private static final String END = "url end";
    private static final String POSITION = "url Last-Event-ID";
    private static final String CORS = "url CORS";
    private static final String PREFLIGHT = "url preflight";
    private static final String INGRESS = "docs/ingress.md has configurations of six proxies that work";

    /** What no gateway made, so that it answers it by the event {@code reset}. */
    private static final String NO_POSITION = "gateway-doctor";

    private static final Duration SOON = Duration.ofSeconds(2);

    Check check() {
        return new Check(ANSWER, seconds.plus(Check.PATIENCE).plus(Check.PATIENCE), this::look);
    }

    private List<Finding> look() throws InterruptedException {
        if (!url.isHttp()) {
            return List.of(Finding.fail(
                    ANSWER,
                    url.events() + " is not for event streams: there is no WebSocket, streams are plain answers to GET",
                    "use EventSource, or events-gateway.js, with https://"));
        }
        HttpClient http = url.client();
        HttpRequest request = url.stream(destination, "?from=latest")
                .header("Last-Event-ID", NO_POSITION)
                .build();
        Seen seen;
        try (StreamWatch stream = new StreamWatch(http, request)) {
            stream.awaitEnd(seconds);
            seen = stream.seen();
        }
        List<Finding> found = new ArrayList<>(judge(seen));
        if (url.origin() != null && seen.status() != 0) {
            found.add(preflight(http));
        }
        return found;
    }

    /** What is to be said of a stream. */
    List<Finding> judge(Seen seen) {
        List<Finding> found = new ArrayList<>();
        found.add(answer(seen));
        if (seen.status() != 0 && url.origin() != null) {
            found.add(cors(seen));
        }
        if (!seen.isEventStream() || isTurnedAway(seen)) {
            return found;
        }
        found.add(firstByte(seen));
        if (seen.firstByte() != null) {
            found.add(heartbeats(seen));
            found.add(position(seen));
        }
        found.add(end(seen));
        return found;
    }

    private Finding answer(Seen seen) {
        if (seen.status() == 0) {
            return unanswered(seen);
        }
        if (isTurnedAway(seen)) {
            return Finding.fail(
                    ANSWER,
                    "the gateway turns the client away: " + seen.comment(),
                    "what it says is the cause; where it is a limit, see EVENTS_SSE_MAXCONNECTIONS and its kin");
        }
        String by = by(seen);
        if (seen.isEventStream()) {
            String encoding = seen.header("Content-Encoding");
            return encoding.isEmpty() || encoding.equals("identity")
                    ? Finding.ok(ANSWER, "an event stream by " + seen.httpVersion() + by)
                    : Finding.warn(
                            ANSWER,
                            "the stream is compressed (" + encoding + ")" + by + ", which may hold events back",
                            "exclude text/event-stream from compression");
        }
        if (seen.header("Content-Type").startsWith("application/problem+json")) {
            return byTheGateway(seen);
        }
        return byAnother(seen, by);
    }

    private Finding unanswered(Seen seen) {
        String failure = seen.failure();
        if (seen.ended() == null) {
            return Finding.fail(
                    ANSWER,
                    "no answer within " + seconds.toSeconds()
                            + " s: something on the way buffers the stream until it is large, or hangs",
                    "switch response buffering off for " + url.events().getPath() + "; " + INGRESS);
        }
        if (failure.contains("SSL") || failure.contains("PKIX")) {
            return Finding.fail(
                    ANSWER,
                    "TLS fails: " + failure,
                    "have the whole chain of certificates sent, by an authority that clients trust");
        }
        return Finding.fail(
                ANSWER,
                "nobody answers: " + failure,
                "correct the URL; see whether the name resolves and a firewall lets clients through");
    }

    private Finding byTheGateway(Seen seen) {
        String said = "the gateway answers " + seen.status() + ": " + detail(seen.text());
        return switch (seen.status()) {
            case 404 ->
                Finding.fail(
                        ANSWER,
                        said
                                + " The path arrives as another one: something on the way rewrites it, or the URL is not the one of "
                                + "event streams",
                        "have the path preserved: /api/events outside is /api/events at the gateway");
            case 401 -> Finding.fail(ANSWER, said, "give a token that is let in: see the findings on the token");
            case 403 ->
                Finding.fail(ANSWER, said, "see EVENTS_ACCESS_POLICY; --destination names one that the token may see");
            case 503 ->
                Finding.fail(
                        ANSWER,
                        said,
                        "the gateway says when to come back; with EVENTS_SSE_OVERLOAD=retry a browser does so");
            default -> Finding.fail(ANSWER, said, "change the request as it says");
        };
    }

    private Finding byAnother(Seen seen, String by) {
        int status = seen.status();
        String said = "something before the gateway answers " + status + by;
        return switch (status) {
            case 204 -> Finding.fail(ANSWER, "204: the destination has ended", "name another one: --destination");
            case 502, 503, 504 ->
                Finding.fail(
                        ANSWER,
                        said + ": it does not reach the gateway",
                        "see whether the service has ready replicas, and its port; nginx keeps a replica out after one refused "
                                + "connection: max_fails=0 on each server");
            case 404 ->
                Finding.fail(ANSWER, said, "give it a route for " + url.events().getPath() + " to the gateway");
            case 401, 403 ->
                Finding.fail(
                        ANSWER, said, "have it pass requests for event streams on, the gateway checks tokens itself");
            case 301, 302, 303, 307, 308 ->
                Finding.fail(
                        ANSWER,
                        said + ", to " + seen.header("Location"),
                        "use the URL that it leads to; a login page can't be followed by a stream");
            case 200 ->
                Finding.fail(
                        ANSWER,
                        "200 with " + seen.header("Content-Type") + by + ": this is another application's page",
                        "give it a route for " + url.events().getPath() + " to the gateway");
            default -> Finding.fail(ANSWER, said, "see its log");
        };
    }

    private static String by(Seen seen) {
        String via = seen.header("Via");
        String server = seen.header("Server");
        return (server.isEmpty() ? "" : ", Server: " + server) + (via.isEmpty() ? "" : ", Via: " + via);
    }

    private static String detail(String problem) {
        int from = problem.indexOf("\"detail\":\"");
        int to = problem.lastIndexOf('"');
        return from < 0 || to < from + 10 ? "" : problem.substring(from + 10, to);
    }

    private static boolean isTurnedAway(Seen seen) {
        return seen.isEventStream()
                && seen.ended() != null
                && seen.failure().isEmpty()
                && seen.events().isEmpty()
                && seen.retries() == 1
                && !seen.comment().isEmpty();
    }

    private Finding firstByte(Seen seen) {
        Duration first = seen.firstByte();
        if (first == null) {
            return Finding.fail(
                    FIRST_BYTE,
                    "none within " + seconds.toSeconds()
                            + " s, and the gateway writes at once: something on the way buffers",
                    "switch response buffering off; " + INGRESS);
        }
        return first.compareTo(SOON) < 0
                ? Finding.ok(FIRST_BYTE, "after " + first.toMillis() + " ms")
                : Finding.fail(
                        FIRST_BYTE,
                        "after " + text(first) + ", and the gateway writes at once: something on the way buffers",
                        "switch response buffering off; " + INGRESS);
    }

    private Finding heartbeats(Seen seen) {
        Duration most = heartbeat.multipliedBy(2).plus(SOON);
        String said = seen.heartbeats() + " comments, nothing for " + text(seen.longestGap()) + " at most";
        return seen.longestGap().compareTo(most) < 0
                ? Finding.ok(HEARTBEATS, said)
                : Finding.fail(
                        HEARTBEATS,
                        said + ", and the gateway sends one every " + heartbeat.toSeconds()
                                + " s: something on the way holds them back",
                        "switch response buffering and compression off for the stream; " + INGRESS);
    }

    private static Finding position(Seen seen) {
        return seen.events().contains("reset")
                ? Finding.ok(POSITION, "arrives at the gateway")
                : Finding.fail(
                        POSITION,
                        "does not arrive at the gateway: an unknown one is answered by the event reset, and none came",
                        "have the header passed on: without it clients miss what comes while they are away");
    }

    private Finding end(Seen seen) {
        Duration ended = seen.ended();
        if (ended == null) {
            return Finding.ok(END, "open after " + seconds.toSeconds() + " s");
        }
        if (seen.events().contains("token-expired")) {
            return Finding.warn(
                    END, "the token expired after " + text(ended), "measure with one that is valid for longer");
        }
        if (seen.retries() > 1) {
            return Finding.warn(
                    END,
                    "the gateway ended the stream after " + text(ended) + ", and said when to come back",
                    "it drains, or EVENTS_SSE_MAXAGEMINS is over: clients come back by themselves");
        }
        Duration last = seen.lastByte();
        String idle = last == null ? "" : ", " + text(ended.minus(last)) + " after the last byte";
        return Finding.fail(
                END,
                "cut after " + text(ended) + " by something on the way" + idle
                        + (seen.failure().isEmpty() ? "" : " (" + seen.failure() + ")"),
                last == null || ended.minus(last).compareTo(heartbeat) > 0
                        ? "make its idle timeout longer than " + heartbeat.toSeconds()
                                + " s (EVENTS_SSE_HEARTBEATSECS), and switch buffering off: nginx proxy_read_timeout, HAProxy timeout server"
                        : "it limits how long a request may take, though bytes come: raise that limit to 3600 s, or exempt the path");
    }

    private Finding cors(Seen seen) {
        List<String> allowed = seen.headers().allValues("Access-Control-Allow-Origin");
        if (allowed.size() > 1) {
            return Finding.fail(
                    CORS,
                    "Access-Control-Allow-Origin comes twice: " + allowed,
                    "the gateway adds it; remove what adds it on the way, browsers refuse two");
        }
        if (allowed.isEmpty()) {
            return Finding.fail(
                    CORS,
                    "no Access-Control-Allow-Origin for " + url.origin() + ": its pages get no event",
                    "add it to APPLICATION_CORS_ALLOW_ORIGIN; where it is there, have the header passed on");
        }
        return allowed.get(0).equals(url.origin()) || allowed.get(0).equals("*")
                ? Finding.ok(CORS, "Access-Control-Allow-Origin: " + allowed.get(0))
                : Finding.fail(
                        CORS,
                        "Access-Control-Allow-Origin is " + allowed.get(0) + ", not " + url.origin(),
                        "something on the way answers for the gateway, or caches without Vary: Origin; have it pass the headers on");
    }

    private Finding preflight(HttpClient http) throws InterruptedException {
        try {
            HttpResponse<Void> answer = http.send(url.preflight(destination), HttpResponse.BodyHandlers.discarding());
            return preflight(answer.statusCode(), answer.headers());
        } catch (IOException failed) {
            return Finding.fail(PREFLIGHT, "no answer: " + failed, "have OPTIONS passed on to the gateway");
        }
    }

    /** What is to be said of the answer to a preflight. */
    Finding preflight(int status, HttpHeaders headers) {
        String methods = value(headers, "Access-Control-Allow-Methods");
        String names = value(headers, "Access-Control-Allow-Headers").toLowerCase(Locale.ROOT);
        String origins = value(headers, "Access-Control-Allow-Origin");
        String said = "status " + status + ", methods " + methods + ", headers " + names + ", origin " + origins;
        boolean passes = status >= 200
                && status < 300
                && (origins.equals(url.origin()) || origins.equals("*"))
                && names.contains("authorization")
                && names.contains("last-event-id");
        boolean byTheGateway = status == 204 && methods.equals("GET, OPTIONS");
        if (byTheGateway) {
            return passes
                    ? Finding.ok(PREFLIGHT, "the gateway answers it")
                    : Finding.fail(
                            PREFLIGHT,
                            "the gateway does not allow " + url.origin(),
                            "add it to APPLICATION_CORS_ALLOW_ORIGIN");
        }
        String advice =
                "have OPTIONS passed on to the gateway, and switch CORS off on the way (nginx.ingress.kubernetes.io/enable-cors)";
        return passes
                ? Finding.warn(PREFLIGHT, "something before the gateway answers it: " + said, advice)
                : Finding.fail(
                        PREFLIGHT,
                        "something before the gateway answers it, so that browsers send no " + missing(names, origins)
                                + ": " + said,
                        advice);
    }

    private String missing(String names, String origins) {
        if (!origins.equals(url.origin()) && !origins.equals("*")) {
            return "request at all";
        }
        return names.contains("authorization") ? "Last-Event-ID" : "Authorization";
    }

    private static String value(HttpHeaders headers, String name) {
        return String.join(", ", headers.allValues(name));
    }

    private static String text(@Nullable Duration duration) {
        return duration == null ? "" : String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }
}
