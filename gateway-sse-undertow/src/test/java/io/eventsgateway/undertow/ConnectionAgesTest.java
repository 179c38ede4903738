package io.eventsgateway.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConnectionAgesTest {

    private static final SocketAddress ONE = InetSocketAddress.createUnresolved("one", 1);
    private static final SocketAddress TWO = InetSocketAddress.createUnresolved("two", 2);
    private static final long HOUR = Duration.ofHours(1).toNanos();

    private final ConnectionAges ages = new ConnectionAges(Duration.ofNanos(HOUR));

    @Test
    void areOneForAllStreamsOfAConnection() {
        AgeLimit first = ages.enter(ONE, 0);

        assertThat(ages.enter(ONE, HOUR / 2)).isEqualTo(first);
        ages.leave(ONE);
        assertThat(ages.enter(ONE, HOUR / 2)).isEqualTo(first);
        assertThat(ages.enter(TWO, HOUR / 2).beganNanos()).isEqualTo(HOUR / 2);
    }

    @Test
    void beginAnewBehindTheLastStreamAndWhereOneIsLeftThatIsTooOld() {
        ages.enter(ONE, 0);
        ages.leave(ONE);
        assertThat(ages.connections()).isZero();
        assertThat(ages.enter(ONE, 7).beganNanos()).isEqualTo(7);

        AgeLimit later = ages.enter(ONE, 2 * HOUR);

        assertThat(later.beganNanos()).isEqualTo(2 * HOUR);
        assertThat(ages.enter(ONE, 2 * HOUR + 1)).isEqualTo(later);
    }

    @Test
    void keepNothingWhereStreamsMayHaveAnyAge() {
        ConnectionAges any = new ConnectionAges(Duration.ZERO);

        assertThat(any.enter(ONE, 0).isOver(Long.MAX_VALUE)).isFalse();
        any.leave(ONE);
        assertThat(any.connections()).isZero();
    }
}
