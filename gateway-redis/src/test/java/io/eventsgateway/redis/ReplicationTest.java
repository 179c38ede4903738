package io.eventsgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReplicationTest {

    private static String info(String... replicas) {
        return "# Replication\r\nrole:master\r\nconnected_slaves:" + replicas.length + "\r\n"
                + String.join("\r\n", replicas) + "\r\nmaster_repl_offset:20000000\r\nsecond_repl_offset:-1\r\n";
    }

    @Test
    void tellsByHowMuchTheLastReplicaLags() {
        Replication found = Replication.of(info(
                "slave0:ip=10.0.0.2,port=6379,state=online,offset=19999000,lag=0",
                "slave1:ip=10.0.0.3,port=6380,state=online,offset=19990000,lag=1"));

        assertThat(found).isEqualTo(new Replication(10_000, ""));
    }

    @Test
    void warnsOfAReplicaThatLagsFar() {
        assertThat(Replication.of(info("slave0:ip=10.0.0.2,port=6379,state=online,offset=1000,lag=1"))
                        .warning())
                .contains("10.0.0.2:6379", "bytes=19999000");
    }

    @Test
    void warnsOfAReplicaThatSaysNothing() {
        assertThat(Replication.of(info("slave0:ip=::1,port=6379,state=online,offset=20000000,lag=6"))
                        .warning())
                .contains("::1:6379", "seconds=6");
    }

    @Test
    void warnsOfAReplicaThatIsNotThereYet() {
        assertThat(Replication.of(info("slave0:ip=10.0.0.2,port=6379,state=wait_bgsave,offset=0,lag=0"))
                        .warning())
                .contains("state=wait_bgsave");
    }

    @Test
    void knowsNothingOfAServerWithoutReplicas() {
        assertThat(Replication.of(info())).isEqualTo(Replication.NONE);
        assertThat(Replication.of("")).isEqualTo(Replication.NONE);
    }

    @Test
    void takesTheWorseOfTwoServers() {
        assertThat(new Replication(5, "").and(new Replication(3, "lags"))).isEqualTo(new Replication(5, "lags"));
    }
}
