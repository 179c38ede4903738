package io.eventsgateway.undertow;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of files, read again when the files have changed, which is looked after every few seconds as connections are made. What
 * can't be read leaves the keys as they were. Any thread may call.
 */
final class ReloadingKeyManager extends X509ExtendedKeyManager {

    private static final Logger LOG = LoggerFactory.getLogger(ReloadingKeyManager.class);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final KeyFiles files;
    private volatile X509ExtendedKeyManager current;

    // guarded by this
    private List<Long> changed;
    private long lookedAt = System.nanoTime();

    ReloadingKeyManager(KeyFiles files) throws GeneralSecurityException, IOException {
        this.files = files;
        this.changed = files.changed();
        this.current = files.load();
    }

    /** Called at the beginning of a handshake, so that all of it is done with the same keys. */
    private synchronized X509ExtendedKeyManager newest() {
        long now = System.nanoTime();
        if (now - lookedAt >= LOOK_NANOS) {
            lookedAt = now;
            List<Long> changedNow = files.changed();
            if (!changedNow.equals(changed)) {
                try {
                    current = files.load();
                    changed = changedNow;
                    LOG.info("Certificate read again files={}", files.names());
                } catch (GeneralSecurityException | IOException | RuntimeException unusable) {
                    LOG.warn("Certificate not read again files={} cause=\"{}\"", files.names(), unusable.toString());
                }
            }
        }
        return current;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
        return newest().chooseEngineServerAlias(keyType, issuers, engine);
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
        return newest().chooseServerAlias(keyType, issuers, socket);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal[] issuers) {
        return current.getServerAliases(keyType, issuers);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return current.getCertificateChain(alias);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return current.getPrivateKey(alias);
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal[] issuers) {
        return current.getClientAliases(keyType, issuers);
    }

    @Override
    public @Nullable String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
        return current.chooseClientAlias(keyType, issuers, socket);
    }
}
