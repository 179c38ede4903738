package io.eventsgateway.redis;

import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.DefaultEventLoopGroupProvider;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.handler.flush.FlushConsolidationHandler;
import java.util.concurrent.TimeUnit;

/**
 * The one thread that talks to Redis: what a server answers and what it pushes arrive together and wake one thread, and commands that
 * wait together go out together.
 */
final class EventLoop implements AutoCloseable {

    private static final int MAX_UNFLUSHED = 256;

    private final DefaultEventLoopGroupProvider threads = new DefaultEventLoopGroupProvider(1);
    private final ClientResources resources = DefaultClientResources.builder()
            .eventLoopGroupProvider(threads)
            .nettyCustomizer(new NettyCustomizer() {
                @Override
                public void afterChannelInitialized(Channel channel) {
                    channel.pipeline().addFirst(new FlushConsolidationHandler(MAX_UNFLUSHED, true));
                }
            })
            .build();

    /** What clients are made with; it has to be closed after them. */
    ClientResources resources() {
        return resources;
    }

    @Override
    public void close() {
        resources.shutdown(0, 2, TimeUnit.SECONDS);
        threads.shutdown(0, 2, TimeUnit.SECONDS);
    }
}
