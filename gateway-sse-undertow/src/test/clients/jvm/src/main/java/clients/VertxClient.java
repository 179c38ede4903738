package clients;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.parsetools.RecordParser;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

final class VertxClient {

    private VertxClient() {}

    // begin
    static void listen(URI url, Supplier<String> token, BiConsumer<String, String> hear) throws InterruptedException {
        HttpClient http = Vertx.vertx().createHttpClient(new HttpClientOptions().setReadIdleTimeout(45));
        EventLines lines = new EventLines(hear);
        while (true) {
            CompletableFuture<Integer> end = new CompletableFuture<>();
            RequestOptions request = new RequestOptions()
                    .setAbsoluteURI(url.toString())
                    .putHeader("Accept", "text/event-stream")
                    .putHeader("Authorization", "Bearer " + token.get());
            lines.begin().ifPresent(last -> request.putHeader("Last-Event-ID", last));
            http.request(request)
                    .compose(HttpClientRequest::send)
                    .onSuccess(answer -> {
                        if (answer.statusCode() == 200) {
                            answer.handler(RecordParser.newDelimited("\n", line -> lines.accept(line.toString())));
                        }
                        answer.exceptionHandler(cut -> end.complete(0));
                        answer.endHandler(ended -> end.complete(answer.statusCode()));
                    })
                    .onFailure(away -> end.complete(0));
            if (end.join() == 204) {
                return;
            }
            Thread.sleep(lines.retry());
        }
    }
    // end
}
