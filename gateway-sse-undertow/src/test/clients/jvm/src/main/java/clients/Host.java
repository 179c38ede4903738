package clients;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** Runs clients, each in a thread of its own, and prints their books: {@code Host TOKENS NAMES ID=URL…} */
final class Host {

    private static final Map<String, Client> CLIENTS = Map.of(
            "JdkClient", JdkClient::listen,
            "ApacheClient", ApacheClient::listen,
            "OkHttpSse", OkHttpSse::listen,
            "OkHttpEventSource", OkHttpEventSource::listen,
            "SpringWebClient", SpringWebClient::listen,
            "JerseySse", JerseySse::listen,
            "MicronautSse", MicronautSse::listen,
            "VertxClient", VertxClient::listen);

    /** Listens until the stream is over. */
    private interface Client {
        void listen(URI url, Supplier<String> token, BiConsumer<String, String> hear) throws Exception;
    }

    private Host() {}

    public static void main(String[] args) {
        HttpClient http = HttpClient.newHttpClient();
        for (String client : Arrays.asList(args).subList(2, args.length)) {
            String id = client.substring(0, client.indexOf('='));
            URI url = URI.create(client.substring(id.length() + 1));
            URI tokens = URI.create(args[0] + id);
            String name = id.substring(id.indexOf('/') + 1);
            new Thread(() -> run(id, name, url, () -> token(http, tokens)), name).start();
        }
    }

    private static void run(String id, String name, URI url, Supplier<String> token) {
        try {
            CLIENTS.get(name).listen(url, token, (event, data) -> print(id, event, data));
        } catch (Exception fault) {
            System.err.println(id);
            fault.printStackTrace();
        }
    }

    private static String token(HttpClient http, URI tokens) {
        try {
            return http.send(HttpRequest.newBuilder(tokens).build(), BodyHandlers.ofString())
                    .body();
        } catch (IOException | InterruptedException away) {
            throw new IllegalStateException(away);
        }
    }

    private static void print(String id, String event, String data) {
        byte[] bytes = (data == null ? "" : data).getBytes(StandardCharsets.UTF_8);
        System.out.println(id + " " + event + " " + Base64.getEncoder().encodeToString(bytes));
    }
}
