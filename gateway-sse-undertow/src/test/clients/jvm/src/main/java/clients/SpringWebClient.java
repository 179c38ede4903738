package clients;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.netty.http.client.HttpClient;

final class SpringWebClient {

    private SpringWebClient() {}

    // begin
    static void listen(URI url, Supplier<String> token, BiConsumer<String, String> hear) throws InterruptedException {
        WebClient http = WebClient.builder()
                .clientConnector(new ReactorClientHttpConnector(HttpClient.create().responseTimeout(Duration.ofSeconds(45))))
                .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(64 << 20))
                .build();
        AtomicReference<String> last = new AtomicReference<>("");
        AtomicBoolean over = new AtomicBoolean();
        while (true) {
            try {
                http.get()
                        .uri(url)
                        .accept(MediaType.TEXT_EVENT_STREAM)
                        .header("Authorization", "Bearer " + token.get())
                        .header("Last-Event-ID", last.get())
                        .exchangeToFlux(answer -> {
                            over.set(answer.statusCode().value() == 204);
                            return answer.statusCode().value() == 200
                                    ? answer.bodyToFlux(new ParameterizedTypeReference<ServerSentEvent<String>>() {})
                                    : answer.releaseBody().thenMany(Flux.empty());
                        })
                        .doOnNext(event -> {
                            if (event.data() != null) {
                                hear.accept(event.event() == null ? "message" : event.event(), event.data());
                            }
                            last.set(event.id() == null ? last.get() : event.id());
                        })
                        .blockLast();
            } catch (RuntimeException cut) {
                // comes back
            }
            if (over.get()) {
                return;
            }
            Thread.sleep(3000);
        }
    }
    // end
}
