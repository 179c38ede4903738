package clients;

import io.micronaut.core.type.Argument;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.client.DefaultHttpClientConfiguration;
import io.micronaut.http.client.sse.SseClient;
import java.net.MalformedURLException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;

final class MicronautSse {

    private MicronautSse() {}

    // begin
    static void listen(URI url, Supplier<String> token, BiConsumer<String, String> hear)
            throws InterruptedException, MalformedURLException {
        DefaultHttpClientConfiguration configuration = new DefaultHttpClientConfiguration();
        configuration.setReadTimeout(Duration.ofSeconds(45));
        configuration.setMaxContentLength(64 << 20);
        SseClient http = SseClient.create(url.toURL(), configuration);
        AtomicReference<String> last = new AtomicReference<>("");
        while (true) {
            HttpRequest<?> request = HttpRequest.GET(url)
                    .bearerAuth(token.get())
                    .header("Last-Event-ID", last.get());
            try {
                Flux.from(http.eventStream(request, Argument.STRING)).doOnNext(event -> {
                    hear.accept(event.getName() == null ? "message" : event.getName(), event.getData());
                    last.set(event.getId() == null ? last.get() : event.getId());
                }).blockLast();
            } catch (RuntimeException cut) {
                // comes back
            }
            Thread.sleep(3000);
        }
    }
    // end
}
