package io.eventsgateway.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.DefaultEventLoopGroupProvider;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The one thread that talks to Redis: what a server answers and what it pushes arrive together and wake one thread, and commands that
 * wait together go out together.
 */
final class EventLoop implements AutoCloseable {

    private static final int MAX_UNFLUSHED = 256;

    private final DefaultEventLoopGroupProvider threads = new DefaultEventLoopGroupProvider(1);

    /** Lettuce's own is shared by all clients, and waits for ever for what a client was asking when it was closed. */
    private final DnsAddressResolverGroup names = new DnsAddressResolverGroup(new DnsNameResolverBuilder()
            .datagramChannelType(NioDatagramChannel.class)
            .socketChannelType(NioSocketChannel.class));

    private final ClientResources resources;

    EventLoop(RedisListener listener) {
        this.resources = DefaultClientResources.builder()
                .eventLoopGroupProvider(threads)
                .addressResolverGroup(names)
                .commandLatencyRecorder((local, remote, command, first, whole) -> listener.answered(whole))
                .nettyCustomizer(new NettyCustomizer() {
                    @Override
                    public void afterChannelInitialized(Channel channel) {
                        channel.pipeline().addFirst(new FlushConsolidationHandler(MAX_UNFLUSHED, true));
                    }
                })
                .build();
    }

    /** What clients are made with; it has to be closed after them. */
    ClientResources resources() {
        return resources;
    }

    /** Ends a client. Its own way of doing so waits without end for what it has under way; what is then left ends with its threads. */
    void end(AbstractRedisClient client) {
        try {
            client.shutdownAsync(0, 2, TimeUnit.SECONDS).get(5, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException unfinished) {
            // left to its threads' end
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        // first, since without its thread it can't close its sockets
        names.close();
        resources.shutdown(0, 2, TimeUnit.SECONDS);
        threads.shutdown(0, 2, TimeUnit.SECONDS);
    }
}
