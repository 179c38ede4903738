package clients;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

final class JdkClient {

    private JdkClient() {}

    // begin
    static void listen(URI url, Supplier<String> token, BiConsumer<String, String> hear) throws InterruptedException {
        HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        EventLines lines = new EventLines(hear);
        while (true) {
            HttpRequest.Builder request = HttpRequest.newBuilder(url)
                    .header("Accept", "text/event-stream")
                    .header("Authorization", "Bearer " + token.get());
            lines.begin().ifPresent(last -> request.header("Last-Event-ID", last));
            try {
                HttpResponse<Stream<String>> answer = http.send(request.build(), BodyHandlers.ofLines());
                if (answer.statusCode() == 204) {
                    return;
                }
                if (answer.statusCode() == 200) {
                    answer.body().forEach(lines::accept);
                }
            } catch (IOException | UncheckedIOException cut) {
                // comes back
            }
            Thread.sleep(lines.retry());
        }
    }
    // end
}
