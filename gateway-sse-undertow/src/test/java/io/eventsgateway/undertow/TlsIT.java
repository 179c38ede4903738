package io.eventsgateway.undertow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.eventsgateway.auth.AccessPolicy;
import io.eventsgateway.auth.Identity;
import io.eventsgateway.config.ConfigurationException;
import io.eventsgateway.config.Environment;
import io.eventsgateway.hub.Hub;
import io.eventsgateway.hub.HubListener;
import io.eventsgateway.log.InMemoryEventLog;
import io.undertow.Handlers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.OutputEncryptor;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Event streams over TLS, with keys in the files that operators have. */
class TlsIT {

    private static final String PASSWORD = "changeit";
    private static final Map<String, KeyStore> STORES = new HashMap<>();

    @TempDir
    static Path folder;

    private final InMemoryEventLog log = new InMemoryEventLog(Duration.ofHours(1), InstantSource.system());
    private final Hub hub = new Hub(log, HubListener.NONE);
    private SseServer server;

    @BeforeAll
    static void makeKeys() throws Exception {
        for (String name : List.of("EC", "RSA", "Ed25519", "next")) {
            Path file = folder.resolve(name + ".p12");
            List<String> command = List.of(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                    "-genkeypair",
                    "-alias",
                    "own",
                    "-keyalg",
                    name.equals("next") ? "EC" : name,
                    "-dname",
                    "CN=" + name,
                    "-ext",
                    "SAN=dns:localhost,ip:127.0.0.1",
                    "-storetype",
                    "PKCS12",
                    "-keystore",
                    file.toString(),
                    "-storepass",
                    PASSWORD);
            assertThat(new ProcessBuilder(command).inheritIO().start().waitFor())
                    .isZero();
            KeyStore store = KeyStore.getInstance("PKCS12");
            try (var in = Files.newInputStream(file)) {
                store.load(in, PASSWORD.toCharArray());
            }
            STORES.put(name, store);
        }
    }

    @AfterEach
    void stop() {
        hub.close();
        if (server != null) {
            server.close();
        }
        log.close();
    }

    @ParameterizedTest
    @CsvSource({
        "EC, pkcs8",
        "EC, traditional",
        "EC, encrypted",
        "RSA, pkcs8",
        "RSA, traditional",
        "RSA, encrypted",
        "Ed25519, pkcs8"
    })
    void readsPemFiles(String algorithm, String form) throws Exception {
        start(Map.of(
                "SERVER_SSL_CERTIFICATE", certificate(algorithm, "own.crt"),
                "SERVER_SSL_CERTIFICATE_PRIVATE_KEY", key(algorithm, form, "own.key"),
                "SERVER_SSL_KEY_PASSWORD", form.equals("encrypted") ? PASSWORD : ""));

        streams(algorithm, HttpClient.Version.HTTP_1_1);
        streams(algorithm, HttpClient.Version.HTTP_2);
    }

    @Test
    void readsAStoreOrABundle() throws Exception {
        start(Map.of(
                "SERVER_SSL_KEY_STORE",
                "file:" + folder.resolve("RSA.p12"),
                "SERVER_SSL_KEY_STORE_PASSWORD",
                PASSWORD));
        streams("RSA", HttpClient.Version.HTTP_1_1);
        server.close();

        start(Map.of(
                "SERVER_SSL_BUNDLE", "web",
                "SPRING_SSL_BUNDLE_PEM_WEB_KEYSTORE_CERTIFICATE", certificate("EC", "bundle.crt"),
                "SPRING_SSL_BUNDLE_PEM_WEB_KEYSTORE_PRIVATEKEY", key("EC", "pkcs8", "bundle.key")));
        streams("EC", HttpClient.Version.HTTP_1_1);
    }

    @Test
    void takesUpNewFilesWithoutEndingStreams() throws Exception {
        start(Map.of(
                "SERVER_SSL_CERTIFICATE", certificate("EC", "turns.crt"),
                "SERVER_SSL_CERTIFICATE_PRIVATE_KEY", key("EC", "pkcs8", "turns.key")));
        try (BufferedReader open = streams("EC", HttpClient.Version.HTTP_1_1)) {
            key("next", "pkcs8", "turns.key");
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(3));
            assertThat(shown().getSubjectX500Principal().getName())
                    .as("half of it")
                    .isEqualTo("CN=EC");

            certificate("next", "turns.crt");
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (!shown().getSubjectX500Principal().getName().equals("CN=next")) {
                assertThat(System.nanoTime()).isLessThan(until);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
            }

            streams("next", HttpClient.Version.HTTP_1_1);
            assertThat(open.readLine()).as("a heartbeat").isNotNull();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"certificate alone", "key of another", "no key", "no certificate", "wrong password", "two ways"})
    void tellsWhatCanNotBeUsed(String what) throws Exception {
        Map<String, String> settings = new HashMap<>();
        settings.put("SERVER_SSL_CERTIFICATE", certificate("EC", "a.crt"));
        settings.put("SERVER_SSL_CERTIFICATE_PRIVATE_KEY", key("EC", "pkcs8", "a.key"));
        switch (what) {
            case "certificate alone" -> settings.remove("SERVER_SSL_CERTIFICATE_PRIVATE_KEY");
            case "key of another" -> key("next", "pkcs8", "a.key");
            case "no key" -> Files.writeString(folder.resolve("a.key"), "no key");
            case "no certificate" -> Files.writeString(folder.resolve("a.crt"), "no certificate");
            case "wrong password" -> {
                key("EC", "encrypted", "a.key");
                settings.put("SERVER_SSL_KEY_PASSWORD", "wrong");
            }
            default ->
                settings.put("SERVER_SSL_KEY_STORE", folder.resolve("EC.p12").toString());
        }

        ConfigurationException told = catchThrowableOfType(
                ConfigurationException.class, () -> TlsSettings.SERVER.context(new Environment(settings)));

        assertThat(told.problems()).singleElement().asString().doesNotContain("Exception", "wrong\"");
    }

    @Test
    void listensInTheClearWhereNothingIsNamedOrItIsOff() throws Exception {
        assertThat(TlsSettings.SERVER.context(new Environment(Map.of()))).isNull();
        assertThat(TlsSettings.SERVER.context(new Environment(
                        Map.of("SERVER_SSL_ENABLED", "false", "SERVER_SSL_CERTIFICATE", certificate("EC", "off.crt")))))
                .isNull();
    }

    private void start(Map<String, String> settings) {
        EventsHandler handler = new EventsHandler(
                hub,
                credentials ->
                        CompletableFuture.completedStage(new Identity("ann", "acme", Set.of("ann"), Set.of(), null)),
                AccessPolicy.AUTHENTICATED,
                null,
                SseSettings.options(new Environment(Map.of("EVENTS_SSE_HEARTBEATSECS", "1"))));
        handler.open();
        server = new SseServer(
                ServerOptions.of("127.0.0.1", 0).with(TlsSettings.SERVER.context(new Environment(settings))),
                Handlers.path().addPrefixPath("/api/events", handler));
        server.start();
    }

    /** Opens a stream, trusting one certificate, and reads its beginning. */
    private BufferedReader streams(String trusted, HttpClient.Version version) throws Exception {
        HttpResponse<InputStream> answer = HttpClient.newBuilder()
                .version(version)
                .sslContext(trusting(trusted))
                .build()
                .send(
                        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + "/api/events/view/1"))
                                .build(),
                        BodyHandlers.ofInputStream());
        assertThat(answer.version()).isEqualTo(version);
        BufferedReader lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
        assertThat(lines.readLine()).isEqualTo("retry: 3000");
        return lines;
    }

    private X509Certificate shown() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Anybody()}, null);
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    private static final class Anybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private static SSLContext trusting(String name) throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("it", STORES.get(name).getCertificate("own"));
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, factory.getTrustManagers(), null);
        return context;
    }

    private static String certificate(String name, String file) throws Exception {
        return write(file, STORES.get(name).getCertificate("own"));
    }

    private static String key(String name, String form, String file) throws Exception {
        PrivateKey key = (PrivateKey) STORES.get(name).getKey("own", PASSWORD.toCharArray());
        return write(
                file,
                switch (form) {
                    case "pkcs8" -> new JcaPKCS8Generator(key, null);
                    case "encrypted" -> new JcaPKCS8Generator(key, encryptor());
                    default -> key instanceof ECPrivateKey curve ? sec1(curve) : key;
                });
    }

    /** As OpenSSL writes it, with the curve. */
    private static PemObject sec1(ECPrivateKey key) throws IOException {
        return new PemObject(
                "EC PRIVATE KEY",
                new org.bouncycastle.asn1.sec.ECPrivateKey(
                                key.getParams().getOrder().bitLength(),
                                key.getS(),
                                PrivateKeyInfo.getInstance(key.getEncoded())
                                        .getPrivateKeyAlgorithm()
                                        .getParameters())
                        .getEncoded());
    }

    private static OutputEncryptor encryptor() throws OperatorCreationException {
        return new JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.AES_256_CBC)
                .setProvider(new BouncyCastleProvider())
                .setPassword(PASSWORD.toCharArray())
                .build();
    }

    private static String write(String file, Object object) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        }
        return Files.writeString(folder.resolve(file), text.toString()).toString();
    }
}
