package io.eventsgateway.hub;

import io.eventsgateway.Destination;
import io.eventsgateway.EventId;
import io.eventsgateway.log.Gap;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A reader between a {@link HeldLog} and a stream of which nothing is there but its room: so many more events. */
class ReaderRig implements Outlet {

    final List<String> seen = new ArrayList<>();
    final HeldLog log = new HeldLog(seen);
    final RetryingReader retrying = new RetryingReader(log, log, HubOptions.DEFAULT, log, HubListener.NONE);
    final LiveTail tail =
            new LiveTail(HeldLog.DESTINATION, log, retrying, HubListener.NONE, new AtomicLong(), 1_000_000);
    final SerialExecutor executor = new SerialExecutor(Runnable::run);
    final DestinationReader reader = new DestinationReader(tail, retrying, this, Set.of("ann"));
    int room = Integer.MAX_VALUE;

    @Override
    public boolean waits() {
        return true;
    }

    @Override
    public void execute(Runnable step) {
        step.run();
    }

    /** What comes of it is another event of the table; here it counts where there is something to be done. */
    @Override
    public void pump(DestinationReader pumped) {
        switch (pumped.state()) {
            case NEW -> seen.add("locate");
            case READY -> seen.add("pump");
            default -> {}
        }
    }

    @Override
    public boolean isOpenFor(DestinationReader asking) {
        return room > 0;
    }

    @Override
    public void located() {
        seen.add("located");
    }

    @Override
    public void begin(DestinationReader sender, EventId id, @Nullable DeliveryTrace trace) {}

    @Override
    public void send(DestinationReader sender, LiveEvent event) {
        sent("send " + sender.position().sequence());
    }

    @Override
    public void sendPart(DestinationReader sender, ByteBuffer... part) {
        sent("part");
    }

    @Override
    public void sendEnd(DestinationReader sender, ByteBuffer... rest) {
        sent("end at " + sender.position().sequence());
    }

    private void sent(String what) {
        seen.add(what);
        room--;
    }

    @Override
    public void moved() {
        seen.add("moved");
    }

    @Override
    public void reset(DestinationReader sender, Gap gap) {
        sent("reset " + gap.reason() + " at " + sender.position().sequence());
    }

    @Override
    public void ended() {
        seen.add("ended");
    }

    @Override
    public void broken() {
        seen.add("broken");
    }

    @Override
    public boolean askProgress(Destination destination, Consumer<@Nullable EventId> taker) {
        return false;
    }
}
