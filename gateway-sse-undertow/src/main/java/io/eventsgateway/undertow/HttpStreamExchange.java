package io.eventsgateway.undertow;

import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.util.AttachmentKey;
import io.undertow.util.Methods;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSinkChannel;

/** A stream's exchange with Undertow. */
final class HttpStreamExchange implements StreamExchange {

    /** Of the exchange of a stream that began while its request's body still comes. */
    static final AttachmentKey<Boolean> OPEN = AttachmentKey.create(Boolean.class);

    private final HttpServerExchange exchange;
    private final StreamTicker ticker;
    private final Refusals refusals;
    private final StreamListener listener;
    private @Nullable ClientWatch watch;

    /** An exchange with nothing sent yet. */
    HttpStreamExchange(HttpServerExchange exchange, StreamTicker ticker, Refusals refusals, StreamListener listener) {
        this.exchange = exchange;
        this.ticker = ticker;
        this.refusals = refusals;
        this.listener = listener;
    }

    @Override
    public boolean isHead() {
        return exchange.getRequestMethod().equals(Methods.HEAD);
    }

    @Override
    public boolean isMultiplexed() {
        return !(exchange.getConnection() instanceof HttpServerConnection);
    }

    @Override
    public SocketAddress peer() {
        return exchange.getConnection().getPeerAddress();
    }

    @Override
    public StreamSinkChannel begin(EventStream stream, Runnable whenLeft, Runnable whenOver) {
        SseResponse.begin(exchange);
        if (!exchange.isRequestComplete()) {
            exchange.putAttachment(OPEN, true);
        }
        exchange.addExchangeCompleteListener((ended, next) -> {
            whenOver.run();
            next.proceed();
        });
        ClientWatch made = new ClientWatch(exchange, whenLeft);
        watch = made;
        made.start();
        ticker.add(exchange.getIoThread(), stream);
        StreamSinkChannel channel = exchange.getResponseChannel();
        exchange.getRequestHeaders().clear();
        exchange.setRequestURI("").setRequestPath("").setRelativePath("").setResolvedPath("");
        return channel;
    }

    @Override
    public void headersSent() {
        exchange.getResponseHeaders().clear();
    }

    @Override
    public void wrote(int bytes) {
        listener.written(bytes);
    }

    @Override
    public void after(long millis, Runnable task) {
        exchange.getIoThread().executeAfter(task, millis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void endConnection() {
        Connections.endAfter(exchange);
    }

    @Override
    public void stopWatching() {
        if (watch != null) {
            watch.stop();
        }
    }

    @Override
    public void stopTicks(EventStream stream) {
        ticker.remove(exchange.getIoThread(), stream);
    }

    @Override
    public void end() {
        exchange.endExchange();
        if (!exchange.isRequestComplete()) {
            IoUtils.safeClose(exchange.getConnection());
        }
    }

    @Override
    public void endHead() {
        SseResponse.begin(exchange);
        exchange.endExchange();
    }

    @Override
    public void endEmpty() {
        refusals.add(exchange, Refusal.ENDED, 204, "All that it asks for was ended.");
        exchange.setStatusCode(204).endExchange();
    }

    @Override
    public void comeBack(long afterMillis, String reason) {
        SseResponse.comeBack(exchange, afterMillis, reason);
    }

    @Override
    public void abort() {
        IoUtils.safeClose(exchange.getConnection());
    }
}
