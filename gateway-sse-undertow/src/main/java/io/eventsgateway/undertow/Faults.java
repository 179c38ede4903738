package io.eventsgateway.undertow;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;

/**
 * Answers requests that failed by a fault of the gateway and logs them: one short line a second of each kind, with how many there were since
 * the last one, and the stack once a minute. The message
 * of the fault is in neither, since it may repeat what the caller sent. Any thread may call.
 */
final class Faults {

    private static final Logger LOG = LoggerFactory.getLogger(Faults.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Duration STACK_INTERVAL = Duration.ofMinutes(1);
    private static final int MAX_KINDS = 100;
    private static final int MAX_FRAMES = 50;
    private static final int MAX_CAUSES = 5;

    private final InstantSource clock;

    /** What was logged of each kind; guarded by this. */
    private final Map<String, Logged> logged = new HashMap<>();

    /**
     * What was logged of a kind.
     *
     * @param at when it was last
     * @param stackAt when its stack was
     * @param since how many there were since then that were not logged
     */
    private record Logged(Instant at, Instant stackAt, long since) {}

    /**
     * A line that is due.
     *
     * @param more how many were not logged before it
     */
    private record Line(boolean stack, long more) {}

    Faults(InstantSource clock) {
        this.clock = clock;
    }

    /** A handler that answers for whatever another one throws. */
    HttpHandler around(HttpHandler handler) {
        return exchange -> {
            try {
                handler.handleRequest(exchange);
            } catch (Throwable fault) {
                answer(exchange, fault);
            }
        };
    }

    /** Logs the fault and answers 500; where the answer has begun, closes the connection. */
    void answer(HttpServerExchange exchange, Throwable fault) {
        log("Request failed", fault);
        if (exchange.isResponseStarted()) {
            IoUtils.safeClose(exchange.getConnection());
        } else {
            new Problem(500, "The gateway has a fault; its log has details.").send(exchange);
        }
    }

    /** Logs what happened because of the fault; what only wraps it is left out. */
    void log(String what, Throwable failure) {
        Throwable fault = failure;
        while (fault instanceof CompletionException && fault.getCause() != null) {
            fault = fault.getCause();
        }
        String kind = kind(fault);
        Line line = due(kind);
        if (line == null) {
            return;
        }
        String more = line.more() == 0 ? "" : " more=" + line.more();
        if (line.stack()) {
            LOG.error("{} fault={}{}", what, kind, more, new Trace(fault, MAX_CAUSES));
        } else {
            LOG.error("{} fault={}{}", what, kind, more);
        }
    }

    private synchronized @Nullable Line due(String kind) {
        Instant now = clock.instant();
        Logged last = logged.get(kind);
        if (last != null && now.isBefore(last.at().plus(INTERVAL))) {
            logged.put(kind, new Logged(last.at(), last.stackAt(), last.since() + 1));
            return null;
        }
        if (logged.size() >= MAX_KINDS) {
            logged.clear();
        }
        if (last == null) {
            logged.put(kind, new Logged(now, now, 0));
            return new Line(true, 0);
        }
        boolean stack = !now.isBefore(last.stackAt().plus(STACK_INTERVAL));
        logged.put(kind, new Logged(now, stack ? now : last.stackAt(), 0));
        return new Line(stack, last.since());
    }

    private static String kind(Throwable fault) {
        StackTraceElement[] stack = fault.getStackTrace();
        // where recursion overflowed differs from time to time
        boolean located = stack.length > 0 && !(fault instanceof VirtualMachineError);
        return fault.getClass().getName()
                + (located ? "@" + stack[0].getClassName() + "." + stack[0].getMethodName() : "");
    }

    /** Another throwable's class and frames, without its message. */
    private static final class Trace extends Throwable {
        private static final long serialVersionUID = 1;

        Trace(Throwable of, int causes) {
            super(of.getClass().getName(), cause(of, causes), false, true);
            StackTraceElement[] stack = of.getStackTrace();
            setStackTrace(Arrays.copyOf(stack, Math.min(stack.length, MAX_FRAMES)));
        }

        private static @Nullable Trace cause(Throwable of, int causes) {
            Throwable cause = of.getCause();
            return cause == null || causes == 0 ? null : new Trace(cause, causes - 1);
        }
    }
}
