package io.eventsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import io.eventsgateway.FreePort;
import io.eventsgateway.app.doctor.Examination;
import io.eventsgateway.app.doctor.Finding;
import io.eventsgateway.app.doctor.Report;
import io.eventsgateway.app.doctor.Verdict;
import io.eventsgateway.config.Environment;
import io.eventsgateway.kafka.KafkaBroker;
import io.eventsgateway.redis.RedisServer;
import io.eventsgateway.topic.Feed;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What doctor says of environments that are broken, each in one way; on one Kafka, one Redis, one issuer and one gateway. */
class DoctorIT {

    private static final String ORGANISATION = "5f24c66f-04a7-433a-b64a-a765d3b8121a";
    private static final String PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule";

    private static KafkaBroker kafka;
    private static RedisServer redis;
    private static Issuer issuer;
    private static Gateway gateway;

    private final Map<String, String> settings = environment();
    private URI url;
    private String probe;
    private String organisation;
    private SmallProxy proxy;

    @BeforeAll
    static void start() throws Exception {
        Map<String, String> overrides = new HashMap<>();
        overrides.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        overrides.put("super.users", "User:ANONYMOUS");
        overrides.put("allow.everyone.if.no.acl.found", "true");
        overrides.put("listener.name.login.sasl.enabled.mechanisms", "PLAIN");
        overrides.put("listener.name.login.plain.sasl.jaas.config", PLAIN + " required user_gateway=\"s3cret\";");
        kafka = new KafkaBroker(Map.of("LOGIN", "SASL_PLAINTEXT"), overrides);
        for (Feed feed : Feed.values()) {
            kafka.createTopic(Stack.topic(feed), 3);
        }
        redis = RedisServer.v70();
        issuer = new Issuer(ORGANISATION);
        gateway = Gateway.of(new Environment(environment()));
        gateway.start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
        issuer.close();
        redis.close();
        kafka.close();
    }

    private static Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>();
        environment.put("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
        environment.put("SPRING_DATA_REDIS_HOST", "127.0.0.1");
        environment.put("SPRING_DATA_REDIS_PORT", Integer.toString(redis.port()));
        environment.put("SECURITY_OAUTH2_ISSUERS", issuer.baseUrl() + "/realms/" + ORGANISATION);
        environment.put("APPLICATION_CORS_ALLOW_ORIGIN", "https://app.example.com");
        environment.put("SERVER_PORT", "0");
        environment.put("MANAGEMENT_SERVER_PORT", "0");
        environment.put("EVENTS_SSE_DRAINSECS", "0");
        environment.put("EVENTS_SSE_HEARTBEATSECS", "1");
        return environment;
    }

    private Findings examine(String token, String... origins) {
        Examination examination = new Examination(
                new Environment(settings),
                new Examination.Options(
                        token, List.of(origins), url, null, Duration.ofSeconds(2), probe, organisation));
        return new Findings(examination);
    }

    private Findings examine() {
        return examine(null);
    }

    /** What was found; looked for again where a busy machine did not answer within doctor's limits. */
    private static final class Findings {

        private final Examination examination;
        private final long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        private List<Finding> findings;

        Findings(Examination examination) {
            this.examination = examination;
            this.findings = run();
        }

        private List<Finding> run() {
            try {
                return examination.run();
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        }

        Findings says(Verdict verdict, String check, String... texts) {
            return says(verdict + " " + check + " " + List.of(texts), found -> found.stream()
                    .filter(each -> each.check().equals(check) && each.verdict() == verdict)
                    .map(each -> each.seen() + " → " + each.advice())
                    .anyMatch(said -> List.of(texts).stream().allMatch(said::contains)));
        }

        Findings says(String what, Predicate<List<Finding>> wanted) {
            while (!wanted.test(findings)) {
                assertThat(System.nanoTime())
                        .as("doctor says " + what + " in\n" + String.join("\n", Report.text(findings)))
                        .isLessThan(until);
                findings = run();
            }
            return this;
        }
    }

    @Test
    void findsNothingWrongWithAnEnvironmentThatWorks() {
        examine(issuer.token(JWSAlgorithm.RS256), "https://app.example.com")
                .says("no fail", found -> Report.worst(found) != Verdict.FAIL)
                .says(Verdict.OK, "kafka server " + kafka.bootstrapServers(), "lets User:ANONYMOUS in", "cluster id ")
                .says(Verdict.OK, "kafka cluster", "brokers [")
                .says(Verdict.OK, "kafka topic engine-message", "3 partitions, read by ")
                .says(Verdict.OK, "kafka topic generic-message", "matches " + Stack.GENERIC_TOPIC)
                .says(Verdict.OK, "kafka group engine-message", "stable", "on 1 host", "lag 0")
                .says(Verdict.OK, "redis server", "standalone, master, noeviction")
                .says(Verdict.OK, "redis rights")
                .says(Verdict.OK, "redis latency", "p50 ", "p99 ")
                .says(Verdict.OK, "redis push", "arrives after ")
                .says(Verdict.OK, "redis clock")
                .says(Verdict.OK, "issuer " + settings.get("SECURITY_OAUTH2_ISSUERS"), "4 of 4 keys")
                .says(Verdict.OK, "token organisation", ORGANISATION)
                .says(Verdict.OK, "token signature")
                .says(Verdict.OK, "token answer", "it is let in, as ann")
                .says(Verdict.OK, "origin https://app.example.com");
    }

    @Test
    void namesABrokerThatIsNotThereAndOneThatHangs() throws Exception {
        int nobody = FreePort.any();
        try (ServerSocket hanging = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String silent = "127.0.0.1:" + hanging.getLocalPort();
            settings.put(
                    "KAFKA_BOOTSTRAP_SERVERS",
                    "127.0.0.1:" + nobody + "," + silent + ",no.such.host.invalid:9092," + kafka.bootstrapServers());

            examine()
                    .says(
                            Verdict.FAIL,
                            "kafka server 127.0.0.1:" + nobody,
                            "nobody listens there",
                            "KAFKA_BOOTSTRAP_SERVERS")
                    .says(Verdict.FAIL, "kafka server " + silent, "no answer", "firewall")
                    .says(Verdict.FAIL, "kafka server no.such.host.invalid:9092", "can't be resolved")
                    .says(Verdict.OK, "kafka server " + kafka.bootstrapServers())
                    .says(Verdict.OK, "kafka topic engine-message");
        }
    }

    @Test
    void namesAWrongPasswordOfKafka() {
        login("wrong");

        examine()
                .says(
                        Verdict.FAIL,
                        "kafka server " + kafka.address("LOGIN"),
                        "refuses the login of User:gateway",
                        "Invalid username or password")
                .says(Verdict.SKIP, "kafka topic engine-message", "no bootstrap server of Kafka lets the gateway in");
    }

    private void login(String password) {
        settings.put("KAFKA_BOOTSTRAP_SERVERS", kafka.address("LOGIN"));
        settings.put("KAFKA_SECURITY_PROTOCOL", "SASL_PLAINTEXT");
        settings.put("SPRING_KAFKA_PROPERTIES_SASL_MECHANISM", "PLAIN");
        settings.put(
                "SPRING_KAFKA_PROPERTIES_SASL_JAAS_CONFIG",
                PLAIN + " required username=\"gateway\" password=\"" + password + "\";");
    }

    @Test
    void namesTheSecurityProtocolThatTheListenerWants() {
        settings.put("KAFKA_BOOTSTRAP_SERVERS", kafka.address("LOGIN"));

        examine()
                .says(
                        Verdict.FAIL,
                        "kafka server " + kafka.address("LOGIN"),
                        "speaks Kafka, but does not answer requests",
                        "KAFKA_SECURITY_PROTOCOL");
    }

    @Test
    void namesTheRightsThatThePrincipalLacks() {
        login("s3cret");
        String topic = "denied.topic";
        kafka.createTopic(topic, 3);
        settings.put("KAFKA_TOPIC_EVENTSGATEWAY_TASK_IN_MESSAGE", topic);
        settings.put("KAFKA_CONSUMER_GROUPID_PROCESSCOMMANDS_MESSAGE", "denied.group");
        settings.put("KAFKA_TOPIC_EVENTSGATEWAY_DEADLETTER", "denied.letters");
        kafka.createTopic("denied.letters", 1);
        commit("denied.group", "denied.topic");
        send("denied.letters", "k", "{}", Map.of());
        allow(ResourceType.TOPIC, topic, AclOperation.DESCRIBE);
        allow(ResourceType.GROUP, "denied.group", AclOperation.DESCRIBE);
        allow(ResourceType.TOPIC, "denied.letters", AclOperation.DESCRIBE);

        examine()
                .says(
                        Verdict.FAIL,
                        "kafka topic task-message",
                        "User:gateway lacks Read on topic denied.topic",
                        "kafka-acls.sh")
                .says(Verdict.FAIL, "kafka group process-message", "User:gateway lacks Read on group denied.group")
                .says(Verdict.FAIL, "kafka dead letters", "User:gateway lacks Write on topic denied.letters")
                .says(Verdict.SKIP, "kafka last dead letters", "lacks Read on topic denied.letters");
    }

    /** Gives the user one right, and so takes all others. */
    private static void allow(ResourceType type, String name, AclOperation operation) {
        kafka.admin(admin -> admin.createAcls(List.of(new AclBinding(
                        new ResourcePattern(type, name, PatternType.LITERAL),
                        new AccessControlEntry("User:gateway", "*", operation, AclPermissionType.ALLOW))))
                .all());
    }

    @Test
    void namesTopicsThatAreNotThereAndWhatIsLikeThem() {
        settings.put("KAFKA_TOPIC_NAMING_ENVIRONMENT", "dev.");

        examine()
                .says(
                        Verdict.FAIL,
                        "kafka topic engine-message",
                        "topic ai.flowx.dev.eventsgateway.engine.commands.message.v1 is not there",
                        "topics like it: ai.flowx.eventsgateway.engine.commands.message.v1",
                        "KAFKA_TOPIC_NAMING_")
                .says(
                        Verdict.FAIL,
                        "kafka topic generic-message",
                        "nothing matches ai.flowx.dev.eventsgateway.receive.*",
                        Stack.GENERIC_TOPIC,
                        "KAFKA_TOPIC_EVENTSGATEWAY_PATTERN");
    }

    @Test
    void namesATopicWithTooFewPartitions() {
        kafka.createTopic("single", 1);
        settings.put("KAFKA_TOPIC_EVENTSGATEWAY_PROCESS_IN_MESSAGE", "single");
        settings.put("KAFKA_CONSUMER_THREADS_TASKCOMMANDS", "40");

        examine()
                .says(
                        Verdict.WARN,
                        "kafka topic process-message",
                        "topic single: 1 partition, read by 1 consumer",
                        "KAFKA_CONSUMER_THREADS_PROCESSCOMMANDS=",
                        "more partitions")
                .says(Verdict.WARN, "kafka topic task-message", "KAFKA_CONSUMER_THREADS_TASKCOMMANDS=40");
    }

    @Test
    void namesAGroupThatNobodyHasJoined() {
        settings.put("KAFKA_CONSUMER_GROUPID_PROCESSENGINECOMMANDS_MESSAGE", "misspelt");

        examine()
                .says(
                        Verdict.WARN,
                        "kafka group engine-message",
                        "nobody has joined the group misspelt yet",
                        "KAFKA_CONSUMER_GROUPID_PROCESSENGINECOMMANDS_MESSAGE");
    }

    @Test
    void saysHowFarAGroupIsBehind() {
        kafka.createTopic("behind", 1);
        settings.put("KAFKA_TOPIC_EVENTSGATEWAY_USERMESSAGES_IN_MESSAGE", "behind");
        settings.put("KAFKA_CONSUMER_GROUPID_USERBROADCASTCOMMANDS", "behind");
        for (int i = 0; i < 1200; i++) {
            send("behind", "k", "{}", Map.of());
        }
        commit("behind", "behind");

        examine()
                .says(
                        Verdict.WARN,
                        "kafka group user-message",
                        "group behind empty, 0 members",
                        "lag 1200 in 1 partitions",
                        "committed by another program of 1");
    }

    /** Has a group commit the beginning of a topic. */
    private static void commit(String group, String topic) {
        kafka.admin(admin -> admin.alterConsumerGroupOffsets(
                        group, Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(0)))
                .all());
    }

    @Test
    void saysWhyRecordsAreDeadLetters() {
        send(Stack.topic(Feed.ENGINE_MESSAGE), "k", "{}", Map.of());
        examine()
                .says(
                        Verdict.WARN,
                        "kafka last dead letters",
                        "1 × ",
                        "Fx-Organization-Id",
                        Stack.topic(Feed.ENGINE_MESSAGE) + "-",
                        "docs/records.md");
    }

    private static void send(String topic, String key, String value, Map<String, String> headers) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                topic, key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8));
        headers.forEach((name, text) -> record.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
        Producing.PRODUCER.send(record);
        Producing.PRODUCER.flush();
    }

    /** Holds the one producer. */
    private static final class Producing {
        private static final KafkaProducer<byte[], byte[]> PRODUCER = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    @Test
    void namesARedisThatIsNotThere() {
        settings.put("SPRING_DATA_REDIS_PORT", Integer.toString(FreePort.any()));

        examine()
                .says(Verdict.FAIL, "redis connection", "Connection refused", "SPRING_DATA_REDIS_")
                .says(Verdict.SKIP, "redis push", "no connection to Redis")
                .says(Verdict.OK, "kafka topic engine-message");
    }

    @Test
    void namesAWrongPasswordAndAnEvictionPolicyOfRedis() {
        try (RedisServer other = RedisServer.v70(
                "--requirepass", "s3cret", "--maxmemory", "50mb", "--maxmemory-policy", "allkeys-lru")) {
            settings.put("SPRING_DATA_REDIS_PORT", Integer.toString(other.port()));
            settings.put("SPRING_DATA_REDIS_PASSWORD", "wrong");
            examine().says(Verdict.FAIL, "redis connection", "SPRING_DATA_REDIS_PASSWORD");

            settings.put("SPRING_DATA_REDIS_PASSWORD", "s3cret");
            examine()
                    .says(
                            Verdict.FAIL,
                            "redis server",
                            "maxmemory-policy is allkeys-lru",
                            "CONFIG SET maxmemory-policy noeviction");
        }
    }

    @Test
    void namesTheRulesThatTheUserOfRedisLacks() {
        try (RedisServer other =
                RedisServer.v70("--user", "default", "on", "nopass", "~*", "&*", "+@all", "-xadd", "-subscribe")) {
            settings.put("SPRING_DATA_REDIS_PORT", Integer.toString(other.port()));

            examine()
                    .says(Verdict.FAIL, "redis rights", "the user lacks +xadd", "ACL SETUSER")
                    .says(Verdict.FAIL, "redis push", "+subscribe");
        }
    }

    @Test
    void saysThatRedisHangsAndLooksAtTheRest() {
        try (RedisServer other = RedisServer.v70()) {
            settings.put("SPRING_DATA_REDIS_PORT", Integer.toString(other.port()));
            other.pause();

            examine()
                    .says(Verdict.FAIL, "redis connection")
                    .says(Verdict.SKIP, "redis latency")
                    .says(Verdict.OK, "kafka cluster")
                    .says(Verdict.OK, "issuer " + settings.get("SECURITY_OAUTH2_ISSUERS"));
            other.resume();
        }
    }

    @Test
    void explainsATokenOfAnotherIssuerAndOneThatIsOver() throws Exception {
        try (Issuer other = new Issuer("00000000-0000-4000-8000-000000000000")) {
            examine(other.token(JWSAlgorithm.RS256))
                    .says(Verdict.FAIL, "token iss", "is not accepted", "SECURITY_OAUTH2_ISSUERS")
                    .says(Verdict.FAIL, "token answer", "401");
        }

        examine(issuer.token(JWSAlgorithm.RS256, "ann", Duration.ofMinutes(-1)))
                .says(Verdict.OK, "token signature")
                .says(Verdict.FAIL, "token exp", "which is over since ")
                .says(Verdict.FAIL, "token answer", "401: The token has expired");
    }

    @Test
    void saysWhatDoesNotLetThePageIn() {
        examine(null, "https://other.example.com")
                .says(
                        Verdict.FAIL,
                        "origin https://other.example.com",
                        "is not in APPLICATION_CORS_ALLOW_ORIGIN=https://app.example.com");
    }

    @Test
    void listsEveryProblemOfTheSettings() {
        settings.put("EVENTS_REDIS_TTLHOURS", "0");
        settings.put("SPRING_DATA_REDIS_PORT", "x");

        examine()
                .says(Verdict.FAIL, "settings", "EVENTS_REDIS_TTLHOURS=0 is not valid")
                .says(Verdict.FAIL, "settings", "SPRING_DATA_REDIS_PORT=x is not valid")
                .says(Verdict.SKIP, "redis", "its settings are not valid")
                .says(Verdict.OK, "kafka cluster");
    }

    @Test
    void isACommandThatExitsWith69WhereSomethingFails() {
        settings.put("SPRING_DATA_REDIS_PORT", Integer.toString(FreePort.any()));

        GatewayRun run = GatewayRun.of(settings, "doctor", "--json");

        assertThat(run.output()).startsWith("{").contains("\"verdict\" : \"fail\"", "redis connection");
        assertThat(run.exitCode()).isEqualTo(69);
    }

    @Test
    void measuresTheWayToTheGateway() {
        url = URI.create("http://127.0.0.1:" + gateway.port());

        examine(issuer.token(JWSAlgorithm.RS256), "https://app.example.com")
                .says(Verdict.OK, "url answer", "an event stream by HTTP/1.1")
                .says(Verdict.OK, "url CORS", "https://app.example.com")
                .says(Verdict.OK, "url first byte", "after ")
                .says(Verdict.OK, "url heartbeats", "comments, nothing for ")
                .says(Verdict.OK, "url Last-Event-ID", "arrives")
                .says(Verdict.OK, "url end", "open after 2 s")
                .says(Verdict.OK, "url preflight", "the gateway answers it");
    }

    @Test
    void saysWhyTheGatewayRefusesAClient() {
        url = URI.create("http://127.0.0.1:" + gateway.port() + "/api/events/");

        examine().says(Verdict.FAIL, "url answer", "the gateway answers 401: Bring an access token");
    }

    @Test
    void findsAProxyThatBuffers() {
        through(SmallProxy.Fault.BUFFERS)
                .says(
                        Verdict.FAIL,
                        "url answer",
                        "no answer within 2 s: something on the way buffers",
                        "docs/ingress.md");
    }

    @Test
    void findsAProxyThatCutsIdleConnections() {
        through(SmallProxy.Fault.CUTS_IDLE)
                .says(Verdict.OK, "url first byte")
                .says(Verdict.FAIL, "url end", "by something on the way", "after the last byte");
    }

    @Test
    void findsAProxyThatRewritesThePath() {
        through(SmallProxy.Fault.changing(head -> head.replace("/api/events", "/events")))
                .says(Verdict.FAIL, "url answer", "the gateway answers 404", "rewrites", "have the path preserved");
    }

    @Test
    void findsAProxyThatKeepsThePositionToItself() {
        through(SmallProxy.Fault.changing(head -> head.replaceAll("(?i)Last-Event-ID: .*\r\n", "")))
                .says(Verdict.OK, "url first byte")
                .says(Verdict.FAIL, "url Last-Event-ID", "does not arrive at the gateway");
    }

    @Test
    void findsAProxyThatDoesNotReachTheGateway() {
        through(SmallProxy.Fault.answering(head ->
                        "HTTP/1.1 502 Bad Gateway\r\nServer: nginx\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
                .says(Verdict.FAIL, "url answer", "answers 502, Server: nginx", "max_fails=0");
    }

    @Test
    void findsAProxyThatAnswersPreflightsItself() {
        through(SmallProxy.Fault.answering(head -> head.startsWith("OPTIONS")
                        ? "HTTP/1.1 204 No Content\r\nAccess-Control-Allow-Origin: https://app.example.com\r\n"
                                + "Access-Control-Allow-Methods: GET, PUT, POST\r\nAccess-Control-Allow-Headers: Authorization\r\n"
                                + "Connection: close\r\n\r\n"
                        : ""))
                .says(Verdict.OK, "url CORS")
                .says(
                        Verdict.FAIL,
                        "url preflight",
                        "something before the gateway answers it",
                        "send no Last-Event-ID");
    }

    @Test
    void saysThatThereIsNoWebSocket() {
        url = URI.create("wss://host.example.com/api/events");

        examine().says(Verdict.FAIL, "url answer", "there is no WebSocket", "EventSource");
    }

    private Findings through(SmallProxy.Fault fault) {
        proxy = new SmallProxy(gateway.port(), fault);
        url = URI.create("http://127.0.0.1:" + proxy.port() + "/api/events");
        return examine(issuer.token(JWSAlgorithm.RS256), "https://app.example.com");
    }

    @AfterEach
    void endProxy() {
        if (proxy != null) {
            proxy.close();
        }
    }

    @Test
    void followsARecordToAClient() {
        url = URI.create("http://127.0.0.1:" + gateway.port());
        probe = "engine-message";

        examine(issuer.token(JWSAlgorithm.RS256))
                .says(Verdict.OK, "probe sent", Stack.topic(Feed.ENGINE_MESSAGE) + "-", "to view/gateway-doctor-")
                .says(Verdict.OK, "probe appended", "after ")
                .says(Verdict.OK, "probe pushed", "after ")
                .says(Verdict.OK, "probe delivered", "after ");
    }

    @Test
    void saysThatTheTokenIsOfAnotherOrganisationThanTheRecord() {
        url = URI.create("http://127.0.0.1:" + gateway.port());
        probe = "generic-message";
        organisation = "00000000-0000-4000-8000-000000000000";

        examine(issuer.token(JWSAlgorithm.RS256))
                .says(Verdict.OK, "probe appended")
                .says(
                        Verdict.FAIL,
                        "probe delivered",
                        "the record's organisation is " + organisation + ", the token's is " + ORGANISATION,
                        "Fx-Organization-Id");
    }

    @Test
    void saysWhereARecordStopsThatNobodyReads() {
        settings.put("KAFKA_CONSUMER_GROUPID_PROCESSENGINECOMMANDS_MESSAGE", "misspelt");
        settings.put("EVENTS_REDIS_KEYPREFIX", "other");
        probe = "engine-message";
        organisation = ORGANISATION;

        examine()
                .says(Verdict.OK, "probe sent")
                .says(
                        Verdict.FAIL,
                        "probe appended",
                        "nobody reads as the group misspelt",
                        "KAFKA_CONSUMER_GROUPID_PROCESSENGINECOMMANDS_MESSAGE");
    }

    @Test
    void saysThatTheReadingGatewayHasAnotherRedis() {
        settings.put("EVENTS_REDIS_KEYPREFIX", "other");
        probe = "engine-message";
        organisation = ORGANISATION;

        examine()
                .says(Verdict.OK, "probe sent")
                .says(
                        Verdict.FAIL,
                        "probe appended",
                        "has read it, and it is not in this Redis",
                        "EVENTS_REDIS_KEYPREFIX");
    }
}
