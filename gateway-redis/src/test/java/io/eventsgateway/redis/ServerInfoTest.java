package io.eventsgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerInfoTest {

    @ParameterizedTest
    @CsvSource({
        "5.0.14, true, false",
        "6.0.16, true, false",
        "6.2.0, false, false",
        "7.0.15, false, true",
        "8, false, true",
        "unknown, true, false"
    })
    void judgesAServerByItsVersion(String version, boolean tooOld, boolean sharded) {
        ServerInfo info = ServerInfo.of("# Server\r\nredis_version:" + version + "\r\nredis_mode:standalone\r\n");

        assertThat(info.isTooOld()).isEqualTo(tooOld);
        assertThat(info.hasShardedChannels()).isEqualTo(sharded);
    }

    @Test
    void judgesNothingThatIsNotSaid() {
        ServerInfo info = ServerInfo.of("");

        assertThat(info.isTooOld()).isFalse();
        assertThat(info.evicts()).isFalse();
        assertThat(info.isReplica()).isFalse();
    }

    @Test
    void knowsReplicasAndPoliciesThatDropEvents() {
        assertThat(ServerInfo.of("role:slave\r\n").isReplica()).isTrue();
        assertThat(ServerInfo.of("maxmemory_policy:volatile-lru\r\n").evicts()).isTrue();
        assertThat(ServerInfo.of("maxmemory_policy:noeviction\r\n").evicts()).isFalse();
    }
}
