package io.eventsgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.cluster.PartitionSelectorException;
import io.lettuce.core.cluster.models.partitions.Partitions;
import java.net.ConnectException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which answers are held against the server, by the words of Redis 6.2 to 8.0. */
class RedisErrorTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "OOM command not allowed when used memory > 'maxmemory'.",
                "OOM command not allowed when used memory > 'maxmemory'. script: 5b1e, on @user_script:61.",
                "ERR Error running script (call to f_5b1e): @user_script:61: @user_script: 61: -OOM command not allowed when used "
                        + "memory > 'maxmemory'.",
                "LOADING Redis is loading the dataset in memory",
                "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.",
                "READONLY You can't write against a read only replica.",
                "READONLY You can't write against a read only replica. script: 5b1e, on @user_script:12.",
                "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
                "NOREPLICAS Not enough good replicas to write.",
                "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.",
                "ERR Error running script (call to f_5b1e): @user_script:12: @user_script: 12: -MISCONF Errors writing to the AOF file",
                "CLUSTERDOWN The cluster is down",
                "TRYAGAIN Multiple keys request during rehashing of slot",
                "MOVED 3999 127.0.0.1:6381",
                "NOAUTH Authentication required.",
                "NOPERM User gw has no permissions to run the 'evalsha' command",
                "WRONGPASS invalid username-password pair or user is disabled.",
                "UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)",
                "NOSCRIPT No matching script. Please use EVAL.",
                "UNKILLABLE Sorry the script already executed write commands against the dataset.",
                "DENIED Redis is running in protected mode because protected mode is enabled",
                "ERR max number of clients reached",
                "ERR max number of clients + cluster connections reached",
                "ERR unknown command 'EVALSHA', with args beginning with: ",
                "ERR DB index is out of range",
                "ERR The user executing the script can't publish to the channel mentioned in the script script: 5b1e, on "
                        + "@user_script:88.",
                "ERR ACL failure in script: User gw has no permissions to run the 'publish' command script: 5b1e, on @user_script:88.",
                "ERR Error running script (call to f_5b1e): @user_script:1: Script killed by user with SCRIPT KILL...",
                "ERR Unknown Redis command called from script script: 5b1e, on @user_script:88.",
                "ERR Error running script (call to f_5b1e): @user_script:1: @user_script: 1: This Redis command is not allowed from "
                        + "script",
                "ERR Script attempted to execute a write command while the cluster is down and readonly script: 5b1e, on @user_script:9.",
                "ERR Error running script (call to f_5b1e): @user_script:9: @user_script: 9: Lua script attempted to execute a write "
                        + "command while the cluster is down and readonly",
                "ERR Script attempted to access a slot not served script: 5b1e, on @user_script:9.",
                "ERR Script attempted to access a non local key in a cluster node script: 5b1e, on @user_script:9.",
                "ERR Unable to execute command 'exists' in script because undeclared keys were accessed during rehashing of the slot "
                        + "script: 5b1e, on @user_script:9.",
                "ERR upstream failure",
                "something that nobody has seen yet",
            })
    void holdsAConditionAgainstTheServer(String answer) {
        assertThat(RedisError.isOfTheServer(answered(answer))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "WRONGTYPE Operation against a key holding the wrong kind of value",
                "WRONGTYPE Operation against a key holding the wrong kind of value script: 5b1e, on @user_script:40.",
                "ERR Error running script (call to f_5b1e): @user_script:40: WRONGTYPE Operation against a key holding the wrong kind "
                        + "of value",
                "ERR string exceeds maximum allowed size (512MB)",
                "ERR string exceeds maximum allowed size (proto-max-bulk-len)",
                "ERR offset is out of range",
                "ERR Protocol error: invalid bulk length",
                "ERR Error running script (call to f_5b1e): @user_script:52: user_script:52: attempt to compare number with nil",
                "ERR user_script:52: attempt to compare number with nil script: 5b1e, on @user_script:52.",
                "ERR The ID specified in XADD is equal or smaller than the target stream top item script: 5b1e, on @user_script:64.",
            })
    void holdsARefusalAgainstWhatWasSent(String answer) {
        assertThat(RedisError.isOfTheServer(answered(answer))).isFalse();
        assertThat(RedisError.isOfTheServer(new CompletionException(answered(answer))))
                .isFalse();
    }

    @Test
    void holdsSilenceAgainstTheServer() {
        assertThat(RedisError.isOfTheServer(new RedisCommandTimeoutException("2 seconds")))
                .isTrue();
        assertThat(RedisError.isOfTheServer(
                        new CompletionException(new RedisConnectionException("away", new ConnectException()))))
                .isTrue();
    }

    private static RedisCommandExecutionException answered(String text) {
        return new RedisCommandExecutionException(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"TRYAGAIN Multiple keys request during rehashing of slot", "CLUSTERDOWN Hash slot not served"})
    void knowsThatASlotCantBeWrittenNow(String answer) {
        assertThat(RedisError.isOfASlot(answered(answer))).isTrue();
    }

    @Test
    void knowsThatNobodyServesASlot() {
        assertThat(RedisError.isOfASlot(
                        new CompletionException(new PartitionSelectorException("no partition", new Partitions()))))
                .isTrue();
    }

    /** Something may have been written by then. */
    @Test
    void takesNothingThatHappensWithinAScriptForThat() {
        assertThat(RedisError.isOfASlot(answered("ERR Script attempted to access a slot not served script: 5b1e")))
                .isFalse();
        assertThat(RedisError.isOfASlot(new RedisException("connection closed")))
                .isFalse();
    }
}
