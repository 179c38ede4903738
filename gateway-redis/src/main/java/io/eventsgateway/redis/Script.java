package io.eventsgateway.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisScriptingAsyncCommands;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** The changes and questions that take more than one step in Redis; the files beside this class say what each does. */
enum Script {
    APPEND,
    CHECK,
    PIECE,
    READ,
    TAIL,
    ADMISSION,
    ENDS,
    MARK,
    RIGHTS,
    FORMAT,
    REPLICATION;

    private final byte[] source;
    private final String digest;

    Script() {
        String file = name().toLowerCase(Locale.ROOT) + ".lua";
        try (InputStream in = Script.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is not beside " + Script.class.getName());
            }
            source = in.readAllBytes();
            digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(source));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Runs it by its digest, and by its source where the server does not know it. */
    CompletionStage<List<Object>> run(
            RedisScriptingAsyncCommands<byte[], byte[]> redis, byte[][] keys, byte[]... values) {
        CompletionStage<List<Object>> known = redis.evalsha(digest, ScriptOutputType.MULTI, keys, values);
        return known.exceptionallyCompose(failure -> {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            return cause instanceof RedisNoScriptException
                    ? redis.eval(source, ScriptOutputType.MULTI, keys, values)
                    : CompletableFuture.failedStage(failure);
        });
    }
}
