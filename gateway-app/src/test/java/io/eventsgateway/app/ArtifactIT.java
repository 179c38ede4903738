package io.eventsgateway.app;

import static io.eventsgateway.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JWSAlgorithm;
import io.eventsgateway.FreePort;
import io.eventsgateway.TestKeys;
import io.eventsgateway.kafka.KafkaBroker;
import io.eventsgateway.kafka.TokenEndpoint;
import io.eventsgateway.redis.RedisCluster;
import io.eventsgateway.redis.RedisSentinels;
import io.eventsgateway.redis.RedisServer;
import io.eventsgateway.topic.Feed;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * That what is shipped can do what the documents say, with nothing of the tests on its class path: each run logs in to Kafka and Redis in
 * another documented way, takes records of every codec, serves TLS with another form of key, checks tokens of another algorithm. Which
 * artifacts are started is said by {@link Artifact#named}. Not part of {@code mvn verify}: {@code .ci/artifacts} runs it for each.
 */
@Tag("artifact")
@TestMethodOrder(OrderAnnotation.class)
class ArtifactIT {

    private static final String ORGANISATION = "5f24c66f-04a7-433a-b64a-a765d3b8121a";
    private static final String TOPIC = Stack.topic(Feed.ENGINE_MESSAGE);
    private static final String KAFKA_REALM = "kafka";
    private static final String AUDIENCE = "kafka";
    private static final String SECRET = "s3cret";
    private static final String SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule";
    private static final String PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule";
    private static final String OAUTH = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule";
    private static final String VALIDATOR =
            "org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler";
    private static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");
    private static final List<JWSAlgorithm> ALGORITHMS = List.of(
            JWSAlgorithm.RS256,
            JWSAlgorithm.RS384,
            JWSAlgorithm.RS512,
            JWSAlgorithm.PS256,
            JWSAlgorithm.PS384,
            JWSAlgorithm.PS512,
            JWSAlgorithm.ES256,
            JWSAlgorithm.ES384,
            JWSAlgorithm.ES512);

    /** How long a login to Kafka lives. */
    private static final int TOKEN_SECONDS = Integer.getInteger("artifact.token.seconds", 10);

    private static final int RENEWALS = 3;

    @TempDir
    static Path folder;

    private static final List<AutoCloseable> OPEN = new ArrayList<>();
    private static final Map<Artifact, List<LongRun>> LONG_RUNS = new LinkedHashMap<>();
    private static final Map<String, Producer> PRODUCERS = new LinkedHashMap<>();
    private static final ObjectMapper JSON = new ObjectMapper();

    private static TestKeys ec;
    private static TestKeys rsa;
    private static TestKeys own;
    private static TlsFiles tlsFiles;
    private static Issuer issuer;
    private static TokenEndpoint tokens;
    private static KeycloakServer keycloak;
    private static KafkaBroker kafka;
    private static RedisServer redis;
    private static RedisSentinels sentinels;
    private static RedisSentinels securedSentinels;
    private static RedisCluster cluster;

    /** A way to do something, and the variables that say so. */
    private record Form(String name, Map<String, String> variables) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** Sends by one codec. */
    private record Producer(KafkaProducer<byte[], byte[]> client) implements AutoCloseable {
        @Override
        public void close() {
            client.close();
        }
    }

    /** A gateway whose login to Kafka is renewed while it runs. */
    private record LongRun(GatewayProcess gateway, Listener client, String id, Function<Integer, Boolean> hasRenewed) {}

    @BeforeAll
    static void start() throws Exception {
        // for the image's user
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        ec = TestKeys.make(folder, "ec");
        rsa = TestKeys.make(folder, "rsa", "RSA");
        own = TestKeys.make(folder, "own");
        tlsFiles = new TlsFiles(folder, ec, rsa);
        issuer = opened(new Issuer(ORGANISATION));
        tokens = opened(new TokenEndpoint(SECRET, Duration.ofSeconds(TOKEN_SECONDS)));
        keycloak = opened(new KeycloakServer());
        keycloak.createRealm(kafkaRealm());
        kafka = opened(broker());
        for (Feed feed : Feed.values()) {
            kafka.createTopic(Stack.topic(feed), 1);
        }
        String[] options = {
            "--requirepass",
            SECRET,
            "--masterauth",
            SECRET,
            "--user",
            "gateway",
            "on",
            ">" + SECRET + "-acl",
            "~eg:*",
            "&eg:*",
            "+@all",
            "-@dangerous",
            "+info"
        };
        redis = opened(RedisServer.secured(ec, options));
        sentinels = opened(new RedisSentinels(options));
        securedSentinels = opened(RedisSentinels.secured(ec, options));
        cluster = opened(RedisCluster.secured(ec, options));
        for (String codec : CODECS) {
            PRODUCERS.put(codec, opened(producer(codec)));
        }
        RedisServer ofLongRuns = opened(RedisServer.v70());
        for (Artifact artifact : Artifact.named()) {
            LONG_RUNS.put(artifact, longRuns(artifact, ofLongRuns));
        }
    }

    private static <T extends AutoCloseable> T opened(T closeable) {
        OPEN.add(0, closeable);
        return closeable;
    }

    @AfterAll
    static void stop() throws Exception {
        for (AutoCloseable each : OPEN) {
            each.close();
        }
    }

    private static Map<String, Object> kafkaRealm() {
        List<Map<String, Object>> clients = new ArrayList<>();
        for (int i = 0; i < Artifact.named().size(); i++) {
            clients.add(Map.of(
                    "clientId",
                    "gateway-" + i,
                    "secret",
                    SECRET,
                    "serviceAccountsEnabled",
                    true,
                    "standardFlowEnabled",
                    false,
                    "protocolMappers",
                    List.of(Map.of(
                            "name",
                            "audience",
                            "protocol",
                            "openid-connect",
                            "protocolMapper",
                            "oidc-audience-mapper",
                            "config",
                            Map.of("included.custom.audience", AUDIENCE, "access.token.claim", "true")))));
        }
        return Map.of(
                "realm",
                KAFKA_REALM,
                "enabled",
                true,
                "accessTokenLifespan",
                TOKEN_SECONDS,
                "eventsEnabled",
                true,
                "enabledEventTypes",
                List.of("CLIENT_LOGIN"),
                "clients",
                clients);
    }

    private static String keycloakUrl(String endpoint) {
        return keycloak.url() + "/realms/" + KAFKA_REALM + "/protocol/openid-connect/" + endpoint;
    }

    private static KafkaBroker broker() {
        Map<String, String> overrides = new HashMap<>();
        oauth(overrides, "small", tokens.keysUrl(), "test");
        oauth(overrides, "keycloak", keycloakUrl("certs"), keycloak.url() + "/realms/" + KAFKA_REALM);
        for (String listener : List.of("scram", "scramtls")) {
            String prefix = "listener.name." + listener + ".";
            overrides.put(prefix + "sasl.enabled.mechanisms", "SCRAM-SHA-256,SCRAM-SHA-512");
            overrides.put(prefix + "scram-sha-256.sasl.jaas.config", SCRAM + " required;");
            overrides.put(prefix + "scram-sha-512.sasl.jaas.config", SCRAM + " required;");
        }
        overrides.put("listener.name.plaintls.sasl.enabled.mechanisms", "PLAIN");
        overrides.put(
                "listener.name.plaintls.plain.sasl.jaas.config", PLAIN + " required user_gateway=\"" + SECRET + "\";");
        overrides.put("ssl.keystore.type", "PKCS12");
        overrides.put("ssl.keystore.location", rsa.store().toString());
        overrides.put("ssl.keystore.password", TestKeys.PASSWORD);
        overrides.put("ssl.truststore.type", "PKCS12");
        overrides.put("ssl.truststore.location", own.trustStore("PKCS12").toString());
        overrides.put("ssl.truststore.password", TestKeys.PASSWORD);
        overrides.put("listener.name.tls.ssl.client.auth", "required");
        KafkaBroker broker = new KafkaBroker(
                Map.of(
                        "SMALL", "SASL_PLAINTEXT",
                        "KEYCLOAK", "SASL_SSL",
                        "SCRAM", "SASL_PLAINTEXT",
                        "SCRAMTLS", "SASL_SSL",
                        "PLAINTLS", "SASL_SSL",
                        "TLS", "SSL"),
                overrides);
        for (ScramMechanism mechanism : List.of(ScramMechanism.SCRAM_SHA_256, ScramMechanism.SCRAM_SHA_512)) {
            broker.admin(admin -> admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
                            "gateway", new ScramCredentialInfo(mechanism, 4096), SECRET)))
                    .all());
        }
        return broker;
    }

    private static void oauth(Map<String, String> overrides, String listener, String keys, String tokenIssuer) {
        String prefix = "listener.name." + listener + ".";
        overrides.put(prefix + "sasl.enabled.mechanisms", "OAUTHBEARER");
        overrides.put(prefix + "oauthbearer.sasl.jaas.config", OAUTH + " required;");
        overrides.put(prefix + "oauthbearer.sasl.server.callback.handler.class", VALIDATOR);
        // a connection must bring a new token before the last one ends, else the broker closes it
        overrides.put(prefix + "oauthbearer.connections.max.reauth.ms", Integer.toString(TOKEN_SECONDS * 1000));
        overrides.put(prefix + "sasl.oauthbearer.jwks.endpoint.url", keys);
        overrides.put(prefix + "sasl.oauthbearer.expected.issuer", tokenIssuer);
        overrides.put(prefix + "sasl.oauthbearer.expected.audience", AUDIENCE);
    }

    private static Producer producer(String codec) {
        return new Producer(new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "linger.ms", 0, "compression.type", codec),
                new ByteArraySerializer(),
                new ByteArraySerializer()));
    }

    private static List<LongRun> longRuns(Artifact artifact, RedisServer server) {
        String client = "gateway-" + LONG_RUNS.size();
        return List.of(
                longRun(
                        artifact,
                        server,
                        oauthForm("SMALL", "PLAINTEXT", tokens.tokenUrl(), client),
                        times -> tokens.given(client) > times),
                longRun(
                        artifact,
                        server,
                        oauthForm("KEYCLOAK", "SSL", keycloakUrl("token"), client),
                        times -> keycloak.tokensGiven(KAFKA_REALM, client) > times));
    }

    private static LongRun longRun(
            Artifact artifact, RedisServer server, Form login, Function<Integer, Boolean> hasRenewed) {
        String id = UUID.randomUUID().toString();
        Map<String, String> variables = common();
        variables.putAll(login.variables());
        variables.put("SPRING_DATA_REDIS_HOST", "127.0.0.1");
        variables.put("SPRING_DATA_REDIS_PORT", Integer.toString(server.port()));
        for (String group : List.of(
                "PROCESSENGINECOMMANDS_MESSAGE",
                "PROCESSENGINECOMMANDS_DISCONNECT",
                "PROCESSENGINECOMMANDS_CONNECT",
                "TASKCOMMANDS_MESSAGE",
                "PROCESSCOMMANDS_MESSAGE",
                "GENERICCOMMANDS",
                "USERBROADCASTCOMMANDS")) {
            variables.put("KAFKA_CONSUMER_GROUPID_" + group, id + "-" + group);
        }
        GatewayProcess gateway = opened(new GatewayProcess(artifact, folder, variables));
        Listener stream =
                opened(new Listener(gateway.uri("/api/events/process-instance/" + id), bearer(JWSAlgorithm.RS256)));
        return new LongRun(gateway, stream, id, hasRenewed);
    }

    private static Map<String, String> bearer(JWSAlgorithm algorithm) {
        return Map.of("Authorization", "Bearer " + issuer.token(algorithm));
    }

    private static Map<String, String> common() {
        Map<String, String> variables = new HashMap<>();
        variables.put("SECURITY_OAUTH2_BASESERVERURL", issuer.baseUrl());
        variables.put("EVENTS_SSE_DRAINSECS", "0");
        return variables;
    }

    private static Form oauthForm(String listener, String protocol, String endpoint, String client) {
        Map<String, String> variables = new HashMap<>(Map.of(
                "KAFKA_BOOTSTRAP_SERVERS", kafka.address(listener),
                "KAFKA_SECURITY_PROTOCOL", protocol,
                "SPRING_PROFILES_ACTIVE", "kafka-auth",
                "KAFKA_OAUTH_CLIENT_ID", client,
                "KAFKA_OAUTH_CLIENT_SECRET", SECRET,
                "KAFKA_OAUTH_TOKEN_ENDPOINT_URI", endpoint));
        if (protocol.equals("SSL")) {
            variables.putAll(trust());
        }
        return new Form("kafka-auth on " + listener.toLowerCase(Locale.ROOT), variables);
    }

    private static Map<String, String> trust() {
        return Map.of(
                "SPRING_KAFKA_SSL_TRUST_STORE_TYPE",
                "PEM",
                "SPRING_KAFKA_SSL_TRUST_STORE_CERTIFICATES",
                rsa.certificatePem());
    }

    private static Form sasl(String listener, String protocol, String mechanism, String module) {
        Map<String, String> variables = new HashMap<>(Map.of(
                "KAFKA_BOOTSTRAP_SERVERS",
                kafka.address(listener),
                "KAFKA_SECURITY_PROTOCOL",
                protocol,
                "SPRING_KAFKA_PROPERTIES_SASL_MECHANISM",
                mechanism,
                "SPRING_KAFKA_PROPERTIES_SASL_JAAS_CONFIG",
                module + " required username=\"gateway\" password=\"" + SECRET + "\";"));
        if (protocol.equals("SASL_SSL")) {
            variables.putAll(trust());
        }
        return new Form(mechanism + " by " + protocol, variables);
    }

    private static Form stores(String type) {
        return new Form(
                "certificate of a " + type + " store",
                Map.of(
                        "KAFKA_BOOTSTRAP_SERVERS",
                        kafka.address("TLS"),
                        "KAFKA_SECURITY_PROTOCOL",
                        "SSL",
                        "SPRING_KAFKA_SSL_TRUST_STORE_TYPE",
                        type,
                        "SPRING_KAFKA_SSL_TRUST_STORE_LOCATION",
                        rsa.trustStore(type).toString(),
                        "SPRING_KAFKA_SSL_TRUST_STORE_PASSWORD",
                        TestKeys.PASSWORD,
                        "SPRING_KAFKA_SSL_KEY_STORE_TYPE",
                        type,
                        "SPRING_KAFKA_SSL_KEY_STORE_LOCATION",
                        own.store(type).toString(),
                        "SPRING_KAFKA_SSL_KEY_STORE_PASSWORD",
                        TestKeys.PASSWORD,
                        "SPRING_KAFKA_SSL_KEY_PASSWORD",
                        TestKeys.PASSWORD));
    }

    private static List<Form> kafkaForms() {
        return List.of(
                new Form("clear", Map.of("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers())),
                oauthForm("SMALL", "PLAINTEXT", tokens.tokenUrl(), "gateway"),
                oauthForm("KEYCLOAK", "SSL", keycloakUrl("token"), "gateway-0"),
                sasl("SCRAM", "SASL_PLAINTEXT", "SCRAM-SHA-256", SCRAM),
                sasl("SCRAMTLS", "SASL_SSL", "SCRAM-SHA-512", SCRAM),
                sasl("PLAINTLS", "SASL_SSL", "PLAIN", PLAIN),
                new Form(
                        "certificate of a bundle",
                        Map.of(
                                "KAFKA_BOOTSTRAP_SERVERS", kafka.address("TLS"),
                                "KAFKA_SECURITY_PROTOCOL", "SSL",
                                "SPRING_KAFKA_SSL_BUNDLE", "kafka",
                                "SPRING_SSL_BUNDLE_PEM_KAFKA_TRUSTSTORE_CERTIFICATE",
                                        rsa.certificateFile().toString(),
                                "SPRING_SSL_BUNDLE_PEM_KAFKA_KEYSTORE_CERTIFICATE",
                                        own.certificateFile().toString(),
                                "SPRING_SSL_BUNDLE_PEM_KAFKA_KEYSTORE_PRIVATEKEY",
                                        own.keyFile().toString())),
                stores("PKCS12"),
                stores("JKS"));
    }

    private static List<Form> redisForms() {
        Map<String, String> password = Map.of("SPRING_DATA_REDIS_PASSWORD", SECRET);
        Map<String, String> user =
                Map.of("SPRING_DATA_REDIS_USERNAME", "gateway", "SPRING_DATA_REDIS_PASSWORD", SECRET + "-acl");
        Map<String, String> bundle = Map.of(
                "SPRING_DATA_REDIS_SSL_ENABLED",
                "true",
                "SPRING_DATA_REDIS_SSL_BUNDLE",
                "redis",
                "SPRING_SSL_BUNDLE_PEM_REDIS_TRUSTSTORE_CERTIFICATE",
                ec.certificateFile().toString());
        Map<String, String> one = Map.of("SPRING_DATA_REDIS_HOST", "127.0.0.1");
        Map<String, String> clear = Map.of("SPRING_DATA_REDIS_PORT", Integer.toString(redis.port()));
        Map<String, String> tls = Map.of("SPRING_DATA_REDIS_PORT", Integer.toString(redis.tlsPort()));
        Map<String, String> master = Map.of("SPRING_DATA_REDIS_SENTINEL_MASTER", "mymaster");
        Map<String, String> bySentinels =
                nodes("SPRING_DATA_REDIS_SENTINEL_NODES", sentinels.sentinels(), RedisServer::port);
        Map<String, String> bySecured =
                nodes("SPRING_DATA_REDIS_SENTINEL_NODES", securedSentinels.sentinels(), RedisServer::tlsPort);
        Map<String, String> watched = Map.of("SPRING_DATA_REDIS_SENTINEL_PASSWORD", RedisSentinels.sentinelPassword());
        Map<String, String> ofCluster = nodes("SPRING_DATA_REDIS_CLUSTER_NODES", cluster.nodes(), RedisServer::port);
        Map<String, String> ofSecured = nodes("SPRING_DATA_REDIS_CLUSTER_NODES", cluster.nodes(), RedisServer::tlsPort);
        return List.of(
                form("server, password", one, clear, password),
                form("server, ACL user", one, clear, user),
                form("server, ACL user, TLS", one, tls, user, bundle),
                form("sentinels, password", master, bySentinels, password),
                form("sentinels, ACL user", master, bySentinels, user),
                form("sentinels, ACL user, TLS", master, bySecured, watched, user, bundle),
                form("cluster, password", ofCluster, password),
                form("cluster, ACL user", ofCluster, user),
                form("cluster, ACL user, TLS", ofSecured, user, bundle));
    }

    private static Map<String, String> nodes(
            String variable, List<RedisServer> servers, Function<RedisServer, Integer> port) {
        return Map.of(
                variable,
                servers.stream().map(each -> "127.0.0.1:" + port.apply(each)).collect(Collectors.joining(",")));
    }

    @SafeVarargs
    private static Form form(String name, Map<String, String>... parts) {
        Map<String, String> variables = new HashMap<>();
        for (Map<String, String> part : parts) {
            variables.putAll(part);
        }
        return new Form(name, variables);
    }

    static List<Arguments> runs() {
        List<Arguments> runs = new ArrayList<>();
        for (Artifact artifact : Artifact.named()) {
            for (int i = 0; i < ALGORITHMS.size(); i++) {
                runs.add(arguments(
                        artifact,
                        kafkaForms().get(i),
                        redisForms().get(i),
                        tlsFiles.forms().get(i),
                        ALGORITHMS.get(i),
                        i % 2 == 0 ? "text" : "json"));
            }
        }
        return runs;
    }

    @ParameterizedTest(name = "{0}: {1}; {2}; {3}; {4}; logs as {5}")
    @Order(1)
    @MethodSource("runs")
    void bringsEventsFromKafkaByRedisToAClient(
            Artifact artifact, Form toKafka, Form toRedis, TlsFiles.Form tls, JWSAlgorithm algorithm, String logs)
            throws Exception {
        Map<String, String> variables = common();
        variables.putAll(toKafka.variables());
        variables.putAll(toRedis.variables());
        variables.putAll(tls.variables());
        variables.put("LOGGING_FORMAT", logs);
        HttpClient http =
                HttpClient.newBuilder().sslContext(tls.keys().trusting()).build();
        String id = UUID.randomUUID().toString();
        try (GatewayProcess gateway = new GatewayProcess(artifact, folder, variables)) {
            URI health = URI.create("https://127.0.0.1:" + gateway.managementPort() + "/manage/actuator/health");
            await("health UP", () -> status(get(http, health)).equals("UP"));
            URI stream = URI.create("https://127.0.0.1:" + gateway.port() + "/api/events/process-instance/" + id);
            try (Listener client = new Listener(http, stream, bearer(algorithm))) {
                assertThat(client.status()).isEqualTo(200);
                for (String codec : CODECS) {
                    send(codec, id, "\"" + codec + "\"");
                }
                await(
                        "an event of each codec, beside " + client.data(),
                        () -> client.data().size() >= CODECS.size());
                assertThat(client.data())
                        .containsExactlyElementsOf(CODECS.stream()
                                .map(codec -> "\"" + codec + "\"")
                                .toList());
            }
            assertThat(gateway.stop()).isZero();
            assertThat(gateway.log().lines().filter(line -> line.contains("Gateway stop")))
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(isJson(line)).isEqualTo(logs.equals("json")));
        }
    }

    static List<Artifact> artifacts() {
        return Artifact.named();
    }

    @ParameterizedTest
    @Order(1)
    @MethodSource("artifacts")
    void checksAConfigurationByMakingTheClients(Artifact artifact) {
        Map<String, String> good = common();
        good.putAll(oauthForm("SMALL", "PLAINTEXT", "http://localhost:" + FreePort.any() + "/token", "gateway")
                .variables());
        Map<String, String> bad = new HashMap<>(good);
        bad.put("SPRING_KAFKA_PROPERTIES_INTERCEPTOR_CLASSES", "org.example.Missing");

        GatewayRun checked = GatewayRun.of(artifact, folder, good, "config", "--check");
        GatewayRun refused = GatewayRun.of(artifact, folder, bad, "config", "--check");
        GatewayRun started = GatewayRun.of(artifact, folder, bad);

        assertThat(checked.output()).isEmpty();
        assertThat(checked.exitCode()).isZero();
        for (GatewayRun each : List.of(refused, started)) {
            assertThat(each.output())
                    .startsWith("SPRING_KAFKA_PROPERTIES_INTERCEPTOR_CLASSES can't be used")
                    .contains("org.example.Missing");
            assertThat(each.exitCode()).isEqualTo(78);
        }
    }

    @ParameterizedTest
    @Order(2)
    @MethodSource("artifacts")
    void staysLoggedInToKafkaByRenewedTokens(Artifact artifact) {
        for (LongRun each : LONG_RUNS.get(artifact)) {
            for (int renewals = 1; renewals <= RENEWALS; renewals++) {
                int expected = renewals;
                await("renewal " + expected, () -> each.hasRenewed().apply(expected));
            }

            send("none", each.id(), "\"after renewals\"");

            await(
                    "the event, beside " + each.client().data(),
                    () -> each.client().data().contains("\"after renewals\""));
            assertThat(each.gateway().log()).doesNotContain("Kafka refuses", "Kafka fails");
        }
    }

    private static void send(String codec, String id, String data) {
        try {
            PRODUCERS.get(codec).client().send(record(id, data)).get(30, TimeUnit.SECONDS);
        } catch (Exception lost) {
            throw new IllegalStateException(lost);
        }
    }

    private static ProducerRecord<byte[], byte[]> record(String id, String data) {
        ProducerRecord<byte[], byte[]> out =
                new ProducerRecord<>(TOPIC, id.getBytes(StandardCharsets.UTF_8), data.getBytes(StandardCharsets.UTF_8));
        out.headers().add("Fx-Organization-Id", ORGANISATION.getBytes(StandardCharsets.UTF_8));
        return out;
    }

    private static String get(HttpClient http, URI uri) {
        try {
            return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                    .body();
        } catch (IOException | InterruptedException gone) {
            return gone.toString();
        }
    }

    private static String status(String health) {
        try {
            return JSON.readTree(health).at("/status").asText();
        } catch (IOException noHealth) {
            return noHealth.toString();
        }
    }

    private static boolean isJson(String line) {
        try {
            return JSON.readTree(line).isObject();
        } catch (IOException text) {
            return false;
        }
    }
}
