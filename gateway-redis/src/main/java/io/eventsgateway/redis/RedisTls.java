package io.eventsgateway.redis;

import io.eventsgateway.config.ConfigurationException;
import io.eventsgateway.config.Environment;
import io.eventsgateway.config.PemBundle;
import io.lettuce.core.SslOptions;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.List;

/** Which certificates are trusted and shown: what {@link RedisSettings#SSL_BUNDLE} amounts to. */
final class RedisTls {

    private RedisTls() {}

    /**
     * The bundle's; what the JVM trusts where there is none.
     *
     * @throws ConfigurationException if certificates can't be read or used
     */
    static SslOptions options(Environment environment) {
        if (environment.get(RedisSettings.SSL_BUNDLE).isEmpty()) {
            return SslOptions.create();
        }
        PemBundle bundle = PemBundle.of(environment, RedisSettings.SSL_BUNDLE);
        SslOptions.Builder ssl = SslOptions.builder().jdkSslProvider();
        if (bundle.trusted() != null) {
            ssl.trustManager(bundle.trusted());
        }
        if (bundle.certificate() != null && bundle.key() != null) {
            ssl.keyManager(bundle.certificate(), bundle.key(), new char[0]);
        }
        SslOptions options = ssl.build();
        try {
            options.createSslContextBuilder().build();
        } catch (IOException | GeneralSecurityException unusable) {
            throw new ConfigurationException(List.of(RedisSettings.SSL_BUNDLE.name() + "="
                    + environment.get(RedisSettings.SSL_BUNDLE) + " can't be used: " + unusable));
        }
        return options;
    }
}
