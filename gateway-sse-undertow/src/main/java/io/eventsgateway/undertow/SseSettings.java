package io.eventsgateway.undertow;

import io.eventsgateway.config.Environment;
import io.eventsgateway.config.Setting;
import io.eventsgateway.config.SettingGroup;
import io.eventsgateway.hub.Start;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** What configures the event streams. */
public final class SseSettings {

    private static final int BESIDE_STREAMS = 1000;

    /** The port of the event streams. */
    public static final Setting<Integer> PORT =
            Setting.number("SERVER_PORT", 8080, 0, 65535).doc("Port of the event streams; 0 for any that is free.");

    /** Where the event streams are listened for. */
    public static final Setting<String> ADDRESS = Setting.optionalHost("SERVER_ADDRESS")
            .doc(
                    "Address of this machine that the event streams are listened for on; empty for all. `--embedded` listens on the loopback "
                            + "address where it is empty.");

    /** Where to begin without a position. */
    public static final Setting<Start.From> START = Setting.choice("EVENTS_SSE_START", Start.From.PENDING)
            .doc("Where a stream begins that brings no position: with what was not yet delivered to its subject, "
                    + "with all that is kept, or with what comes from now on.");

    /** How long a stream may be silent. */
    public static final Setting<Duration> HEARTBEAT = Setting.seconds("EVENTS_SSE_HEARTBEATSECS", 15, 1)
            .doc("Seconds after which a comment is sent where nothing else was.");

    /** How often stalled connections are looked for. */
    public static final Setting<Duration> CLEANUP_INTERVAL = Setting.number(
                    "EVENTS_SSE_CLEANUP_INTERVALMINS", 5, 1, 24 * 60)
            .map(Duration::ofMinutes)
            .doc("Minutes between two cleanups of connections.")
            .ofGuide();

    /** What makes a connection stalled. */
    public static final Setting<Duration> CLEANUP_MAX_AGE = Setting.number(
                    "EVENTS_SSE_CLEANUP_MAXAGEMINS", 10, 1, 24 * 60)
            .map(Duration::ofMinutes)
            .doc("Minutes after which a connection that has accepted no byte is removed by the next cleanup.")
            .ofGuide();

    /** How old a stream may become. */
    public static final Setting<Duration> MAX_AGE = Setting.number("EVENTS_SSE_MAXAGEMINS", 0, 0, 7 * 24 * 60)
            .map(Duration::ofMinutes)
            .doc(
                    "Minutes after which a stream ends between two events, up to a tenth earlier, and its client comes back after a moment, "
                            + "perhaps to another replica: so streams spread again after a restart. The streams of one connection of HTTP/2 end "
                            + "together, at the age of the first, and its client is asked to leave it. 0 for never.");

    /** How many streams there may be. */
    public static final Setting<Integer> MAX_CONNECTIONS = Setting.number(
                    "EVENTS_SSE_MAXCONNECTIONS", 100_000, 1, Integer.MAX_VALUE)
            .doc("How many event streams one replica takes.");

    /** How many connections there may be. */
    public static final Setting<Integer> MAX_OPEN = Setting.number(
                    "SERVER_MAXCONNECTIONS", 101_000, 1, Integer.MAX_VALUE)
            .otherwise(environment -> Long.toString(
                    Math.min(Integer.MAX_VALUE, (long) environment.get(MAX_CONNECTIONS) + BESIDE_STREAMS)))
            .doc(
                    "How many connections one replica takes on the port of the event streams; more are closed at once. By default "
                            + BESIDE_STREAMS
                            + " more than EVENTS_SSE_MAXCONNECTIONS. Fewer where the limit of open files allows no more, which "
                            + "is logged at the start.");

    /** How many connections one address may have. */
    public static final Setting<Integer> MAX_OPEN_PER_ADDRESS = Setting.number(
                    "SERVER_MAXCONNECTIONSPERADDRESS", 0, 0, Integer.MAX_VALUE)
            .doc(
                    "How many of these connections one address may have; 0 for any number. Behind a proxy all are from the proxy's address.");

    /** How much the kernel keeps for a client. */
    public static final Setting<Integer> SEND_BUFFER = Setting.bytes(
                    "EVENTS_SSE_SENDBUFFER", ServerOptions.DEFAULT_SEND_BUFFER, 16 * 1024, 16 * 1024 * 1024)
            .doc(
                    "Bytes that the kernel keeps for a client that does not take them, as SO_SNDBUF: Linux counts its own overhead too and "
                            + "allows twice as much, up to twice `net.core.wmem_max`.");

    /** How many streams one subject may have. */
    public static final Setting<Integer> MAX_PER_SUBJECT = Setting.number(
                    "EVENTS_SSE_MAXCONNECTIONSPERSUBJECT", 100, 1, Integer.MAX_VALUE)
            .doc(
                    "How many event streams one subject may have on one replica; a client that opens more is asked to come back later.");

    /** How many destinations one subject may listen to. */
    public static final Setting<Integer> MAX_DESTINATIONS_PER_SUBJECT = Setting.number(
                    "EVENTS_SSE_MAXDESTINATIONSPERSUBJECT",
                    Bounds.DEFAULT.destinationsPerSubject(),
                    1,
                    Integer.MAX_VALUE)
            .doc(
                    "How many destinations the event streams of one subject may have together on one replica; a client that asks for more is "
                            + "asked to come back later. All subjects together may have as many as a quarter of the heap holds, at 2,700 bytes each.");

    /** How many streams without a token one address may have. */
    public static final Setting<Integer> MAX_ANONYMOUS_PER_ADDRESS = Setting.number(
                    "EVENTS_SSE_MAXANONYMOUSPERADDRESS", Bounds.DEFAULT.anonymousPerAddress(), 1, Integer.MAX_VALUE)
            .doc(
                    "How many event streams without a token one address may have of one organisation, on one replica; a client that "
                            + "opens more is asked to come back later. Behind a proxy as with EVENTS_SSE_RATEPERADDRESS.");

    /** How many streams without a token there may be. */
    public static final Setting<Integer> MAX_ANONYMOUS = Setting.number(
                    "EVENTS_SSE_MAXANONYMOUS", Bounds.DEFAULT.anonymous(), 1, Integer.MAX_VALUE)
            .doc("How many of its event streams one replica gives to those without a token.");

    /** How often one subject may ask. */
    public static final Setting<Integer> RATE_SUBJECT = Setting.number("EVENTS_SSE_RATEPERSUBJECT", 20, 0, 1_000_000)
            .doc(
                    "Requests a second that one subject may make of one replica; a client that makes more is asked to come back later. 0 for any number.");

    /** How often one address may ask. */
    public static final Setting<Integer> RATE_ADDRESS = Setting.number("EVENTS_SSE_RATEPERADDRESS", 0, 0, 1_000_000)
            .doc(
                    "Requests a second from one address, as above; 0 for any number. Behind a proxy all are from the proxy's address, "
                            + "unless SERVER_FORWARD_HEADERS_STRATEGY=native.");

    /** Whose word counts for where a request comes from. */
    public static final Setting<Forwarded> FORWARDED = Setting.choice("SERVER_FORWARD_HEADERS_STRATEGY", Forwarded.NONE)
            .doc(
                    "Whether a request's address is taken from X-Forwarded-For or Forwarded: `native` or `framework`, which is the same here, behind "
                            + "a proxy that writes one of them; `none` else.");

    /** Who is believed about where a request comes from. */
    public static final Setting<TrustedProxies> TRUSTED_PROXIES = Setting.of(
                    "SERVER_FORWARD_TRUSTEDPROXIES",
                    "1",
                    "a number of proxies up to 32, or addresses and networks like 10.0.0.0/8,2001:db8::/32",
                    TrustedProxies::parse)
            .doc(
                    "With SERVER_FORWARD_HEADERS_STRATEGY=native: how many proxies are in front of the gateway one behind the other, or "
                            + "where they are. The address is the last one in the header that is not a trusted proxy's; what is in front of it, "
                            + "clients may have written themselves.");

    /** The largest header. */
    public static final Setting<Integer> MAX_HEADER = Setting.bytes(
                    "SERVER_MAX_HTTP_REQUEST_HEADER_SIZE", 32 * 1024, 1024, 1024 * 1024)
            .doc("Bytes of a request's line and headers together, at most.");

    /** How a client is refused for the time being. */
    public static final Setting<Overload> OVERLOAD = Setting.choice("EVENTS_SSE_OVERLOAD", Overload.RETRY)
            .doc(
                    "How a client is turned away for the time being: retry answers 200 and ends, so that a plain EventSource comes "
                            + "back; status answers 503 with Retry-After.");

    /** Over how long streams are ended at a stop. */
    public static final Setting<Duration> DRAIN = Setting.seconds("EVENTS_SSE_DRAINSECS", 10, 0)
            .doc("Seconds over which the streams are ended when the gateway stops.");

    /** Whether each stream is logged. */
    public static final Setting<Boolean> ACCESS_LOG = Setting.flag("EVENTS_SSE_ACCESSLOG", false)
            .doc(
                    "Whether a line is logged when a stream ends, and for each request that gets none, by the logger `access`.");

    /** The origins that browsers may come from. */
    public static final Setting<Cors> CORS = Setting.of(
                    "APPLICATION_CORS_ALLOW_ORIGIN",
                    "-",
                    "origins like https://app.example.com, without a path, or * alone, or - for none",
                    Cors::parse)
            .doc(
                    "Origins that browsers may come from, separated by commas; `https://*.example.com` for all below a domain, "
                            + "`*` alone for all without credentials, `-` for none. FlowX 6 spells it APPLICATION_CORS_ALLOWORIGIN.")
            .ofGuide();

    /** A cookie that may carry the token. */
    public static final Setting<String> AUTH_COOKIE = Setting.text(
                    "EVENTS_SSE_AUTHCOOKIE",
                    "",
                    "a cookie's name (RFC 6265), or empty",
                    Pattern.compile("[0-9A-Za-z!#$%&'*+.^_`|~-]*"))
            .doc("Name of a cookie that may carry the token; empty for none.");

    /** Whether a query parameter may carry the token. */
    public static final Setting<Boolean> AUTH_QUERY = Setting.flag("EVENTS_SSE_AUTHQUERYPARAM", false)
            .doc("Whether the query parameter access_token may carry the token.");

    /** All of them, as an operator thinks of them. */
    public static final List<SettingGroup> GROUPS = List.of(
            new SettingGroup(
                    "Event streams",
                    "",
                    List.of(
                            PORT,
                            ADDRESS,
                            START,
                            HEARTBEAT,
                            CLEANUP_INTERVAL,
                            CLEANUP_MAX_AGE,
                            MAX_AGE,
                            MAX_CONNECTIONS,
                            MAX_OPEN,
                            MAX_OPEN_PER_ADDRESS,
                            SEND_BUFFER,
                            MAX_PER_SUBJECT,
                            MAX_DESTINATIONS_PER_SUBJECT,
                            MAX_ANONYMOUS_PER_ADDRESS,
                            MAX_ANONYMOUS,
                            RATE_SUBJECT,
                            RATE_ADDRESS,
                            FORWARDED,
                            TRUSTED_PROXIES,
                            MAX_HEADER,
                            OVERLOAD,
                            DRAIN,
                            ACCESS_LOG)),
            new SettingGroup("Browsers", "", List.of(CORS, AUTH_COOKIE, AUTH_QUERY)));

    private SseSettings() {}

    /** Whose word counts for where a request comes from. */
    public enum Forwarded {
        /** The connection's. */
        NONE,
        /** The proxy's. */
        NATIVE,
        /** The proxy's; with Spring Boot another implementation of the same. */
        FRAMEWORK
    }

    /** How a client is turned away that may come back soon. */
    public enum Overload {
        /** With a stream that ends at once and says when to come back. */
        RETRY,
        /** With status 503. */
        STATUS
    }

    /** The streams' options as an environment has them. */
    public static SseOptions options(Environment environment) {
        return new SseOptions(
                environment.get(START),
                environment.get(HEARTBEAT),
                environment.get(CLEANUP_INTERVAL),
                environment.get(CLEANUP_MAX_AGE),
                environment.get(MAX_CONNECTIONS),
                environment.get(MAX_PER_SUBJECT),
                environment.get(RATE_SUBJECT),
                environment.get(RATE_ADDRESS),
                environment.get(OVERLOAD),
                environment.get(AUTH_COOKIE),
                environment.get(AUTH_QUERY),
                environment.get(CORS),
                new Bounds(
                        environment.get(MAX_DESTINATIONS_PER_SUBJECT),
                        Bounds.DEFAULT.destinations(),
                        environment.get(MAX_ANONYMOUS_PER_ADDRESS),
                        environment.get(MAX_ANONYMOUS)),
                environment.get(MAX_AGE),
                environment.get(ACCESS_LOG));
    }
}
