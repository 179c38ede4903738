package io.eventsgateway.app.cli;

import com.sun.net.httpserver.HttpServer;
import io.eventsgateway.config.ConfigurationException;
import io.eventsgateway.security.DevelopmentToken;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes a token for development, signed by a key that is made for it; only for an issuer on this machine. */
@Command(
        name = "token",
        description =
                "Prints a signed token for development and publishes its key; only for an issuer on this machine.",
        mixinStandardHelpOptions = true)
public final class TokenCommand implements Callable<Integer> {

    private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

    @Option(
            names = "--issuer",
            required = true,
            description = "For example http://localhost:8180/realms/<organisation's UUID>.")
    private URI issuer = URI.create("http://localhost/");

    @Option(names = "--subject", description = "Who it is for; default: ${DEFAULT-VALUE}.", defaultValue = "developer")
    private String subject = "developer";

    @Option(names = "--role", description = "A role; may be repeated.")
    private List<String> roles = List.of();

    @Option(names = "--valid", description = "For how long, as PT1H; default: ${DEFAULT-VALUE}.", defaultValue = "PT1H")
    private Duration valid = Duration.ofHours(1);

    @Option(names = "--jwks", description = "File to write the key set to.")
    private @Nullable Path jwks;

    @Option(names = "--serve", description = "Publish the key set at the issuer's address until Ctrl-C.")
    private boolean serve;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (issuer.getHost() == null || !THIS_MACHINE.contains(issuer.getHost())) {
            throw new ConfigurationException(
                    List.of(
                            "--issuer=" + issuer
                                    + " is not valid: tokens for development are for an issuer on this machine, as http://localhost:8180/realms/…"));
        }
        DevelopmentToken signer = new DevelopmentToken();
        System.out.println(signer.sign(issuer.toString(), subject, roles, valid));
        Path file = jwks;
        if (file != null) {
            Files.writeString(file, signer.keys());
        }
        if (serve) {
            publish(signer.keys().getBytes(StandardCharsets.UTF_8));
            new CountDownLatch(1).await();
        }
        return 0;
    }

    private void publish(byte[] keys) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(issuer.getHost(), issuer.getPort()), 0);
        server.createContext(issuer.getPath() + "/protocol/openid-connect/certs", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, keys.length);
            exchange.getResponseBody().write(keys);
            exchange.close();
        });
        server.start();
        System.err.println("Keys at " + issuer + "/protocol/openid-connect/certs; Ctrl-C stops.");
    }
}
