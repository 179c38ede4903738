package io.eventsgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.redis.RedisProblem.Kind;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisProblemTest {

    private static final KeySpace SPACE = new KeySpace("prod", 0);

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '"', textBlock = """
                    NOPERM this user has no permissions to run the 'evalsha' command or its subcommand ; +evalsha
                    NOPERM this user has no permissions to run the 'cluster|nodes' command ; +cluster|nodes
                    NOPERM User gateway has no permissions to run the 'hset' command ; +hset
                    NOPERM this user has no permissions to access one of the keys used as arguments ; ~prod:*
                    NOPERM No permissions to access a key ; ~prod:*
                    NOPERM this user has no permissions to access one of the channels used as arguments ; &prod:*
                    NOPERM No permissions to access a channel ; &prod:*
                    ERR The user executing the script can't publish to the channel mentioned in the command ; &prod:*
                    ERR The user executing the script can't access at least one of the keys mentioned ; ~prod:*
                    ERR ACL failure in script: User gateway has no permissions to run the 'xadd' command ; +xadd
                    """)
    void namesTheRuleThatIsMissing(String answer, String rule) {
        RedisProblem problem = RedisProblem.of(new RedisCommandExecutionException(answer));

        assertThat(problem.kind()).isEqualTo(Kind.DENIED);
        assertThat(problem.text(SPACE)).startsWith("the Redis user needs " + rule + " (");
    }

    @Test
    void namesTheHost() {
        Throwable refused = new RedisConnectionException(
                "Unable to connect to redis/<unresolved>:6379",
                new CompletionException(new ConnectException("Connection refused")));
        Throwable unknown = new RedisConnectionException(
                "Unable to connect to [redis://10.0.0.1:6379]",
                new UnknownHostException("Failed to resolve 'redis-1'")
                        .initCause(new RuntimeException("Query failed with NXDOMAIN")));

        assertThat(RedisProblem.of(refused).text(SPACE))
                .isEqualTo("Unable to connect to redis:6379: Connection refused");
        assertThat(RedisProblem.of(unknown).text(SPACE))
                .isEqualTo("Unable to connect to [redis://10.0.0.1:6379]: Failed to resolve 'redis-1'");
    }

    @Test
    void separatesWhoIsConcerned() {
        assertThat(kind(new RedisCommandTimeoutException("Command timed out"))).isEqualTo(Kind.UNREACHABLE);
        assertThat(kind(new RedisCommandExecutionException("READONLY You can't write against a read only replica.")))
                .isEqualTo(Kind.ELSEWHERE);
        assertThat(kind(new RedisCommandExecutionException("OOM command not allowed when used memory > 'maxmemory'.")))
                .isEqualTo(Kind.SERVER);
        assertThat(kind(new RedisCommandExecutionException("WRONGTYPE Operation against a key holding the wrong kind")))
                .isEqualTo(Kind.REFUSED);
        assertThat(kind(new IllegalArgumentException("key must not be null"))).isEqualTo(Kind.LOCAL);
    }

    private static Kind kind(Throwable failure) {
        return RedisProblem.of(new CompletionException(failure)).kind();
    }
}
