package io.eventsgateway.app.cli;

import io.eventsgateway.app.AppSettings;
import io.eventsgateway.config.ConfigurationException;
import io.eventsgateway.config.Environment;
import io.eventsgateway.undertow.TlsSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Asks the gateway on this machine whether it is ready, by the settings that the gateway has itself; what a container's engine runs. */
@Command(
        name = "health",
        description =
                "Asks the gateway that runs here with the same settings whether it is ready: exit code 0 if so, 1 if not.",
        mixinStandardHelpOptions = true)
public final class HealthCommand implements Callable<Integer> {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int NOT_READY = 1;

    @Mixin
    private EnvironmentOption settings = new EnvironmentOption();

    @Override
    public Integer call() throws InterruptedException {
        return ask(settings.environment());
    }

    static int ask(Environment environment) throws InterruptedException {
        URI uri = readiness(environment);
        HttpClient client = HttpClient.newBuilder()
                .connectTimeout(TIMEOUT)
                .sslContext(anyCertificate())
                .build();
        HttpRequest request = HttpRequest.newBuilder(uri).timeout(TIMEOUT).build();
        try {
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            System.out.println(answer.body());
            return answer.statusCode() == 200 ? 0 : NOT_READY;
        } catch (IOException unreachable) {
            System.err.println("No answer from " + uri + ": " + unreachable);
            return NOT_READY;
        }
    }

    private static URI readiness(Environment environment) {
        int port = environment.get(AppSettings.MANAGEMENT_PORT);
        if (port == 0) {
            throw new ConfigurationException(List.of(
                    AppSettings.MANAGEMENT_PORT.name() + "=0 is not valid: health must be asked for at a port"));
        }
        String scheme = TlsSettings.MANAGEMENT.isUsed(environment) ? "https" : "http";
        return URI.create(scheme + "://" + host(environment) + ":" + port + "/manage/actuator/health/readiness");
    }

    private static String host(Environment environment) {
        String named = environment.get(AppSettings.MANAGEMENT_ADDRESS);
        try {
            InetAddress address = InetAddress.getByName(named);
            String host = address.isAnyLocalAddress()
                    ? InetAddress.getLoopbackAddress().getHostAddress()
                    : address.getHostAddress();
            return host.contains(":") ? "[" + host + "]" : host;
        } catch (UnknownHostException unknown) {
            return named;
        }
    }

    /** The certificate is for the name by which others come, and no secret is sent. */
    private static SSLContext anyCertificate() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new AnyCertificate()}, null);
            return context;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Takes every certificate, whatever its name. */
    private static final class AnyCertificate extends X509ExtendedTrustManager {

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
