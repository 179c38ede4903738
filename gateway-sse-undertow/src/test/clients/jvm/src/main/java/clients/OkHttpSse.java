package clients;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.sse.EventSource;
import okhttp3.sse.EventSourceListener;
import okhttp3.sse.EventSources;

final class OkHttpSse {

    private OkHttpSse() {}

    // begin
    static void listen(URI url, Supplier<String> token, BiConsumer<String, String> hear) throws InterruptedException {
        OkHttpClient http = new OkHttpClient.Builder().readTimeout(Duration.ofSeconds(45)).build();
        AtomicReference<String> last = new AtomicReference<>("");
        while (true) {
            CompletableFuture<Integer> end = new CompletableFuture<>();
            Request request = new Request.Builder()
                    .url(url.toString())
                    .header("Authorization", "Bearer " + token.get())
                    .header("Last-Event-ID", last.get())
                    .build();
            EventSources.createFactory(http).newEventSource(request, new EventSourceListener() {
                @Override
                public void onEvent(EventSource source, String id, String name, String data) {
                    hear.accept(name == null ? "message" : name, data);
                    last.set(id == null ? last.get() : id);
                }

                @Override
                public void onClosed(EventSource source) {
                    end.complete(200);
                }

                @Override
                public void onFailure(EventSource source, Throwable cut, Response answer) {
                    end.complete(answer == null ? 0 : answer.code());
                }
            });
            if (end.join() == 204) {
                return;
            }
            Thread.sleep(3000);
        }
    }
    // end
}
