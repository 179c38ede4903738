package io.eventsgateway.app;

import io.eventsgateway.Event;
import io.eventsgateway.sse.SseReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * Many clients that keep books. Each follows one destination, whose records are numbered 0, 1, 2, …, reconnects by itself with its
 * position, and writes down what was missing, what came twice and what was announced by a reset.
 */
final class LabClients implements AutoCloseable {

    private final HttpClient http;
    private final ScheduledExecutorService later =
            Executors.newScheduledThreadPool(2, task -> daemon(task, "lab-later"));
    private final List<One> all = new ArrayList<>();
    private final Supplier<URI> server;
    private final boolean obedient;
    private final LongAdder refusals = new LongAdder();
    private final ConcurrentHistogram delays = new ConcurrentHistogram(TimeUnit.MINUTES.toMicros(10), 3);
    private final LongAdder events = new LongAdder();
    private final LongAccumulator longest = new LongAccumulator(Math::max, 0);
    private final LongAccumulator longestOfThoseThatStayed = new LongAccumulator(Math::max, 0);
    private volatile boolean counting = true;
    private volatile boolean closed;

    /**
     * Clients that come back sooner than they are asked to, so that more happens.
     *
     * @param server where to connect next, as a load balancer decides it
     */
    LabClients(Supplier<URI> server) {
        this(builder().build(), server);
    }

    /** The same, on connections of a client of theirs. */
    LabClients(HttpClient http, Supplier<URI> server) {
        this(http, server, false);
    }

    private LabClients(HttpClient http, Supplier<URI> server, boolean obedient) {
        this.http = http;
        this.server = server;
        this.obedient = obedient;
    }

    /** Clients that come back when they are asked to, as an EventSource does. */
    static LabClients obedient(Supplier<URI> server) {
        return new LabClients(builder().build(), server, true);
    }

    /** What connects them: HTTP/1.1, unless it is told otherwise. */
    static HttpClient.Builder builder() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .executor(Executors.newFixedThreadPool(3, task -> daemon(task, "lab-client")));
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Connects one more client.
     *
     * @param measured whether its delays count
     */
    One connect(String path, boolean measured) {
        One one = new One(path, measured);
        synchronized (all) {
            all.add(one);
        }
        one.connect();
        return one;
    }

    List<One> all() {
        synchronized (all) {
            return List.copyOf(all);
        }
    }

    long events() {
        return events.sum();
    }

    /** From sending to a client, in microseconds. */
    ConcurrentHistogram delays() {
        return delays;
    }

    /** Whether delays count from now on. */
    void count(boolean whether) {
        counting = whether;
    }

    /** How many answers there were on which an EventSource gives up for good. */
    long refusals() {
        return refusals.sum();
    }

    /** The longest delay since this was asked before, in microseconds. */
    long longestSince() {
        return longest.getThenReset();
    }

    /** The same of clients whose connection is the one that they had when this was asked before. */
    long longestOfThoseThatStayedSince() {
        all().forEach(One::mark);
        return longestOfThoseThatStayed.getThenReset();
    }

    @Override
    public void close() {
        closed = true;
        all().forEach(One::cut);
        later.shutdownNow();
    }

    private record Gap(long from, long to, boolean announced) {}

    /** One client. Its stream is read by one thread at a time. */
    final class One implements Flow.Subscriber<List<ByteBuffer>>, SseReader.Listener {
        final String path;
        final boolean measured;
        volatile long expected;
        private long newest = -1;
        volatile long twice;
        volatile long resets;
        volatile long connects;
        volatile boolean open;
        private volatile long marked;
        private final Queue<Gap> gaps = new ConcurrentLinkedQueue<>();
        private boolean covered;
        private final SseReader reader = new SseReader(this);
        private volatile String position = "";
        private Flow.Subscription pieces;
        private volatile long retryMillis = 3000;

        One(String path, boolean measured) {
            this.path = path;
            this.measured = measured;
        }

        /** The numbers that never came and were not announced. */
        LongStream lost() {
            return missed(false);
        }

        /** The numbers that never came, after a reset had said so. */
        LongStream announced() {
            return missed(true);
        }

        private LongStream missed(boolean afterReset) {
            return gaps.stream()
                    .filter(gap -> gap.announced() == afterReset)
                    .flatMapToLong(gap -> LongStream.range(gap.from(), gap.to()));
        }

        void connect() {
            if (closed) {
                return;
            }
            HttpRequest.Builder request = HttpRequest.newBuilder(server.get().resolve(path));
            if (!position.isEmpty()) {
                request.header("Last-Event-ID", position);
            }
            http.sendAsync(request.build(), this::read).whenComplete((response, failure) -> again());
        }

        private HttpResponse.BodySubscriber<Void> read(HttpResponse.ResponseInfo answer) {
            if (answer.statusCode() != 200) {
                refusals.increment();
            }
            return HttpResponse.BodySubscribers.fromSubscriber(this, each -> null);
        }

        /** The response is over when its body is. */
        private void again() {
            open = false;
            if (!closed) {
                long wait = obedient ? retryMillis : ThreadLocalRandom.current().nextLong(50, 500);
                later.schedule(this::connect, wait, TimeUnit.MILLISECONDS);
            }
        }

        private void mark() {
            marked = connects;
        }

        /** Loses its connection, where it has one, and comes back. */
        void cutAndReturn() {
            if (open) {
                cut();
                again();
            }
        }

        void cut() {
            Flow.Subscription current = pieces;
            if (current != null) {
                current.cancel();
            }
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            pieces = subscription;
            reader.restart();
            connects++;
            open = true;
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> next) {
            next.forEach(reader::feed);
        }

        @Override
        public void frame(SseReader frame) {
            position = frame.lastEventId();
            if (frame.name().equals("reset")) {
                resets++;
                covered = true;
            } else if (frame.hasData() && frame.name().equals(Event.DEFAULT_NAME)) {
                count(frame.data());
            }
        }

        @Override
        public void retry(long millis) {
            retryMillis = millis;
        }

        /** The data begins with {"n":number,"t":nanos */
        private void count(String data) {
            int comma = data.indexOf(',');
            long number = Long.parseLong(data, 5, comma, 10);
            int end = comma + 5;
            while (Character.isDigit(data.charAt(end))) {
                end++;
            }
            long sent = Long.parseLong(data, comma + 5, end, 10);
            if (number < expected && !covered) {
                twice++;
                return;
            }
            if (number > expected) {
                gaps.add(new Gap(expected, number, covered));
            }
            covered = false;
            // what comes again after a reset was not late
            if (number > newest) {
                newest = number;
                events.increment();
                if (measured) {
                    long delay = Math.max(0, (System.nanoTime() - sent) / 1000);
                    if (counting) {
                        delays.recordValue(delay);
                    }
                    longest.accumulate(delay);
                    if (connects == marked) {
                        longestOfThoseThatStayed.accumulate(delay);
                    }
                }
            }
            expected = number + 1;
        }

        @Override
        public void onError(Throwable failure) {
            // told by the response too
        }

        @Override
        public void onComplete() {
            // told by the response too
        }
    }
}
