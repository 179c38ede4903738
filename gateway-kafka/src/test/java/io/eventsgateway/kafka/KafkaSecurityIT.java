package io.eventsgateway.kafka;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.eventsgateway.Destination;
import io.eventsgateway.Source;
import io.eventsgateway.TestKeys;
import io.eventsgateway.config.Environment;
import io.eventsgateway.log.InMemoryEventLog;
import io.eventsgateway.route.DeadLetters;
import io.eventsgateway.route.InboundRecord;
import io.eventsgateway.route.Ingest;
import io.eventsgateway.route.IngestListener;
import io.eventsgateway.route.Organisations;
import io.eventsgateway.route.RecordDecoder;
import io.eventsgateway.route.Router;
import io.eventsgateway.topic.Feed;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each way to be known to a broker, as the settings name it, against a broker that asks; and rights that are denied and given. */
class KafkaSecurityIT {

    private static final String SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule";
    private static final String PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule";

    @TempDir
    static Path folder;

    private static TestKeys server;
    private static TestKeys client;
    private static TestKeys stranger;
    private static TokenEndpoint tokens;
    private static KafkaBroker broker;

    private final String run = UUID.randomUUID().toString().substring(0, 8);
    private final String topic = run + ".tasks";
    private final String others = run + ".processes";
    private final Map<String, String> settings = new HashMap<>();

    @BeforeAll
    static void start() throws Exception {
        server = TestKeys.make(folder, "server");
        client = TestKeys.make(folder, "client");
        stranger = TestKeys.make(folder, "stranger");
        tokens = new TokenEndpoint("s3cret", Duration.ofMinutes(1));
        Map<String, String> listeners =
                Map.of("OAUTH", "SASL_PLAINTEXT", "SCRAM", "SASL_PLAINTEXT", "SASLSSL", "SASL_SSL", "TLS", "SSL");
        Map<String, String> overrides = new HashMap<>();
        overrides.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        overrides.put("super.users", "User:ANONYMOUS");
        overrides.put("allow.everyone.if.no.acl.found", "true");
        overrides.put("listener.name.oauth.sasl.enabled.mechanisms", "OAUTHBEARER");
        overrides.put(
                "listener.name.oauth.oauthbearer.sasl.jaas.config",
                "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;");
        overrides.put(
                "listener.name.oauth.oauthbearer.sasl.server.callback.handler.class",
                "org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler");
        overrides.put("listener.name.oauth.sasl.oauthbearer.jwks.endpoint.url", tokens.keysUrl());
        overrides.put("listener.name.oauth.sasl.oauthbearer.expected.audience", "kafka");
        overrides.put("listener.name.oauth.sasl.oauthbearer.expected.issuer", "test");
        overrides.put("listener.name.scram.sasl.enabled.mechanisms", "SCRAM-SHA-512");
        overrides.put("listener.name.scram.scram-sha-512.sasl.jaas.config", SCRAM + " required;");
        overrides.put("listener.name.saslssl.sasl.enabled.mechanisms", "PLAIN");
        overrides.put("listener.name.saslssl.plain.sasl.jaas.config", PLAIN + " required user_gateway=\"s3cret\";");
        overrides.put("ssl.keystore.type", "PKCS12");
        overrides.put("ssl.keystore.location", server.store().toString());
        overrides.put("ssl.keystore.password", TestKeys.PASSWORD);
        overrides.put("ssl.truststore.type", "PKCS12");
        overrides.put("ssl.truststore.location", client.trustStore("PKCS12").toString());
        overrides.put("ssl.truststore.password", TestKeys.PASSWORD);
        overrides.put("listener.name.tls.ssl.client.auth", "required");
        broker = new KafkaBroker(listeners, overrides);
        broker.admin(admin -> admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
                        "gateway", new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), "s3cret")))
                .all());
    }

    @AfterAll
    static void stop() {
        broker.close();
        tokens.close();
    }

    @BeforeEach
    void configure() {
        broker.createTopic(topic, 1);
        broker.createTopic(others, 1);
        settings.put("KAFKA_TOPIC_EVENTSGATEWAY_TASK_IN_MESSAGE", topic);
        settings.put("KAFKA_CONSUMER_GROUPID_TASKCOMMANDS_MESSAGE", run);
        settings.put("KAFKA_TOPIC_EVENTSGATEWAY_PROCESS_IN_MESSAGE", others);
        settings.put("KAFKA_CONSUMER_GROUPID_PROCESSCOMMANDS_MESSAGE", run + "-others");
        settings.put("KAFKA_AUTHEXCEPTIONRETRYINTERVAL", "1");
    }

    @Test
    void readsInTheClear() {
        settings.put("KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers());

        works();
    }

    @Test
    void logsInByOAuth() {
        oauth("s3cret");

        works();
    }

    @Test
    void reportsAWrongOAuthSecret() {
        oauth("wrong");

        isRefused("401");
    }

    @Test
    void namesTheTokenEndpointThatGivesNone() {
        oauth("s3cret");
        // a login of its own, which nobody else has a token for
        settings.put("KAFKA_OAUTH_TOKEN_ENDPOINT_URI", tokens.tokenUrl() + "/" + run);
        tokens.away = true;
        try (Reading reading = new Reading()) {
            await(() -> reading.feeds.problem().startsWith("no token from " + tokens.tokenUrl())
                    && reading.feeds.problem().contains("503"));

            tokens.away = false;
            produce();

            await(() -> reading.events() == 1);
            await(() -> reading.feeds.problem().isEmpty());
        } finally {
            tokens.away = false;
        }
    }

    @Test
    void saysThatABrokerSpeaksTls() {
        settings.put("KAFKA_BOOTSTRAP_SERVERS", broker.address("TLS"));

        isRefused("speaks TLS");
    }

    private void oauth(String secret) {
        settings.put("KAFKA_BOOTSTRAP_SERVERS", broker.address("OAUTH"));
        settings.put("SPRING_PROFILES_ACTIVE", "kafka-auth");
        settings.put("KAFKA_OAUTH_CLIENT_ID", "gateway");
        settings.put("KAFKA_OAUTH_CLIENT_SECRET", secret);
        settings.put("KAFKA_OAUTH_TOKEN_ENDPOINT_URI", tokens.tokenUrl());
    }

    @Test
    void logsInByAPasswordOverTls() {
        passwordOverTls("s3cret");

        works();
    }

    @Test
    void reportsAWrongPassword() {
        passwordOverTls("wrong");

        isRefused("Authentication failed: Invalid username or password");
    }

    private void passwordOverTls(String password) {
        settings.put("KAFKA_BOOTSTRAP_SERVERS", broker.address("SASLSSL"));
        settings.put("KAFKA_SECURITY_PROTOCOL", "SASL_SSL");
        settings.put("SPRING_KAFKA_PROPERTIES_SASL_MECHANISM", "PLAIN");
        settings.put(
                "SPRING_KAFKA_PROPERTIES_SASL_JAAS_CONFIG",
                PLAIN + " required username=\"gateway\" password=\"" + password + "\";");
        settings.put("SPRING_KAFKA_SSL_TRUST_STORE_TYPE", "PEM");
        settings.put("SPRING_KAFKA_SSL_TRUST_STORE_CERTIFICATES", server.certificatePem());
    }

    @Test
    void showsACertificate() {
        certificates(client);

        works();
    }

    @Test
    void showsACertificateOfABundle() {
        settings.put("KAFKA_BOOTSTRAP_SERVERS", broker.address("TLS"));
        settings.put("KAFKA_SECURITY_PROTOCOL", "SSL");
        settings.put("SPRING_KAFKA_SSL_BUNDLE", "kafka");
        settings.put(
                "SPRING_SSL_BUNDLE_PEM_KAFKA_TRUSTSTORE_CERTIFICATE",
                server.certificateFile().toString());
        settings.put(
                "SPRING_SSL_BUNDLE_PEM_KAFKA_KEYSTORE_CERTIFICATE",
                client.certificateFile().toString());
        settings.put(
                "SPRING_SSL_BUNDLE_PEM_KAFKA_KEYSTORE_PRIVATEKEY",
                client.keyFile().toString());

        works();
    }

    @Test
    void reportsACertificateThatIsNotTrusted() {
        certificates(stranger);

        isRefused("Received fatal alert");
    }

    private void certificates(TestKeys own) {
        settings.put("KAFKA_BOOTSTRAP_SERVERS", broker.address("TLS"));
        settings.put("KAFKA_SECURITY_PROTOCOL", "SSL");
        settings.put("SPRING_KAFKA_SSL_TRUST_STORE_TYPE", "PKCS12");
        settings.put(
                "SPRING_KAFKA_SSL_TRUST_STORE_LOCATION",
                server.trustStore("PKCS12").toUri().toString().replace("file://", "file:"));
        settings.put("SPRING_KAFKA_SSL_TRUST_STORE_PASSWORD", TestKeys.PASSWORD);
        settings.put("SPRING_KAFKA_SSL_KEY_STORE_TYPE", "PKCS12");
        settings.put("SPRING_KAFKA_SSL_KEY_STORE_LOCATION", own.store().toString());
        settings.put("SPRING_KAFKA_SSL_KEY_STORE_PASSWORD", TestKeys.PASSWORD);
        settings.put("SPRING_KAFKA_SSL_KEY_PASSWORD", TestKeys.PASSWORD);
    }

    @Test
    void logsInByScram() {
        scram("s3cret");

        works();
    }

    @Test
    void readsAgainWhenItIsAllowed() {
        scram("s3cret");
        ResourcePattern resource = new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL);
        allow(resource, "User:somebody");
        try (Reading reading = new Reading()) {
            await(() -> reading.feeds.problem().contains("Not authorized to access topics: [" + topic + "]"));
            produce();
            produce(others);
            await(() -> reading.events("process") == 1);
            assertThat(reading.events()).isZero();
            assertThat(reading.feeds.missing()).isEmpty();

            allow(resource, "User:gateway");

            await(() -> reading.events() == 1);
            await(() -> reading.feeds.problem().isEmpty());
        }
    }

    @Test
    void readsAgainWhenItsGroupIsAllowed() {
        scram("s3cret");
        ResourcePattern resource = new ResourcePattern(ResourceType.GROUP, run, PatternType.LITERAL);
        allow(resource, "User:somebody");
        try (Reading reading = new Reading()) {
            await(() -> reading.feeds.problem().contains("Not authorized to access group: " + run));

            allow(resource, "User:gateway");
            produce();

            await(() -> reading.events() == 1);
            await(() -> reading.feeds.problem().isEmpty());
        }
    }

    @Test
    void givesUpDeadLettersWhileTheirTopicIsDenied() throws Exception {
        String letters = run + ".letters";
        broker.createTopic(letters, 1);
        allow(new ResourcePattern(ResourceType.TOPIC, letters, PatternType.LITERAL), "User:somebody");

        givesUpDeadLettersUntil(letters, new ResourcePattern(ResourceType.TOPIC, letters, PatternType.LITERAL));
    }

    @Test
    void givesUpDeadLettersWhileTheirTopicIsMissingAndMayNotBeMade() throws Exception {
        ResourcePattern cluster = new ResourcePattern(ResourceType.CLUSTER, "kafka-cluster", PatternType.LITERAL);
        String letters = run + ".letters";
        allow(cluster, "User:somebody");
        allow(
                new ResourcePattern(ResourceType.TOPIC, letters, PatternType.LITERAL),
                "User:gateway",
                AclOperation.WRITE);
        try {
            givesUpDeadLettersUntil(letters, cluster);
        } finally {
            broker.admin(admin -> admin.deleteAcls(
                            List.of(new AclBindingFilter(cluster.toFilter(), AccessControlEntryFilter.ANY)))
                    .all());
        }
    }

    private void givesUpDeadLettersUntil(String letters, ResourcePattern allowed) throws Exception {
        scram("s3cret");
        AtomicInteger givenUp = new AtomicInteger();
        FeedListener listener = new FeedListener() {
            @Override
            public void letterGivenUp(Feed feed) {
                givenUp.incrementAndGet();
            }
        };
        Map<String, Object> properties = new HashMap<>(KafkaClientSettings.properties(new Environment(settings)));
        properties.put("max.block.ms", 2_000);
        try (KafkaDeadLetters letterbox =
                new KafkaDeadLetters(letters, properties, 1_000_000, listener, Duration.ofSeconds(3))) {
            InboundRecord record = new InboundRecord(
                    Feed.TASK_MESSAGE,
                    new Source(topic, "id", 0, 7),
                    null,
                    "not JSON".getBytes(StandardCharsets.UTF_8),
                    List.of());

            assertThat(letterbox.send(record, "bad").toCompletableFuture()).failsWithin(Duration.ofSeconds(60));
            assertThat(givenUp).hasValue(0);
            await(() -> isSent(letterbox, record));
            assertThat(givenUp).hasPositiveValue();

            allow(allowed, "User:gateway");
            await(() -> {
                int before = givenUp.get();
                return isSent(letterbox, record) && givenUp.get() == before;
            });
        }
    }

    private static boolean isSent(KafkaDeadLetters letters, InboundRecord record) {
        return letters.send(record, "bad")
                .handle((sent, failure) -> failure == null)
                .toCompletableFuture()
                .join();
    }

    private void scram(String password) {
        settings.put("KAFKA_BOOTSTRAP_SERVERS", broker.address("SCRAM"));
        settings.put("KAFKA_SECURITY_PROTOCOL", "SASL_PLAINTEXT");
        settings.put("SPRING_KAFKA_PROPERTIES_SASL_MECHANISM", "SCRAM-SHA-512");
        settings.put(
                "SPRING_KAFKA_PROPERTIES_SASL_JAAS_CONFIG",
                SCRAM + " required username=\"gateway\" password=\"" + password + "\";");
    }

    private static void allow(ResourcePattern resource, String principal) {
        allow(resource, principal, AclOperation.ALL);
    }

    private static void allow(ResourcePattern resource, String principal, AclOperation operation) {
        broker.admin(admin -> admin.createAcls(List.of(new AclBinding(
                        resource, new AccessControlEntry(principal, "*", operation, AclPermissionType.ALLOW))))
                .all());
    }

    private void works() {
        assertThatCode(() -> KafkaClientSettings.check(new Environment(settings)))
                .doesNotThrowAnyException();
        try (Reading reading = new Reading()) {
            produce();

            await(() -> reading.events() == 1);
            await(() -> reading.feeds.problem().isEmpty());
        }
    }

    private void isRefused(String reason) {
        try (Reading reading = new Reading()) {
            produce();

            await(() -> reading.feeds.problem().contains(reason));
            assertThat(reading.events()).isZero();
        }
    }

    private void produce() {
        produce(topic);
    }

    private void produce(String to) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(to, "a".getBytes(StandardCharsets.UTF_8), new byte[] {'1'}));
        }
    }

    /** The feeds of tasks and of processes, read as the settings say. */
    private final class Reading implements AutoCloseable {

        private final InMemoryEventLog log = new InMemoryEventLog(Duration.ofHours(4), InstantSource.system());
        private final KafkaFeeds feeds;

        Reading() {
            Environment environment = new Environment(settings);
            DeadLetters none = (in, reason) -> {
                throw new IllegalStateException(reason);
            };
            feeds = new KafkaFeeds(
                    KafkaSettings.bindings(environment).stream()
                            .filter(each -> each.feed() == Feed.TASK_MESSAGE || each.feed() == Feed.PROCESS_MESSAGE)
                            .toList(),
                    new KafkaOptions(
                            KafkaClientSettings.properties(environment),
                            Duration.ofHours(4),
                            Duration.ofSeconds(30),
                            environment.get(KafkaClientSettings.AUTH_RETRY),
                            Duration.ofMillis(300)),
                    new Ingest(
                            new RecordDecoder(new Organisations("acme"), 1_000_000),
                            Router.STANDARD,
                            log,
                            none,
                            IngestListener.NONE),
                    FeedListener.NONE);
            feeds.start();
        }

        int events() {
            return events("view");
        }

        int events(String type) {
            return log.read(new Destination("acme", type, "a"), null, 100, 1_000_000)
                    .toCompletableFuture()
                    .join()
                    .events()
                    .size();
        }

        @Override
        public void close() {
            feeds.close();
            log.close();
        }
    }
}
