package clients;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.util.Timeout;

final class ApacheClient {

    private ApacheClient() {}

    // begin
    static void listen(URI url, Supplier<String> token, BiConsumer<String, String> hear) throws InterruptedException {
        RequestConfig silence = RequestConfig.custom().setResponseTimeout(Timeout.ofSeconds(45)).build();
        CloseableHttpClient http = HttpClients.custom().setDefaultRequestConfig(silence).disableAutomaticRetries().build();
        EventLines lines = new EventLines(hear);
        while (true) {
            HttpGet request = new HttpGet(url);
            request.setHeader("Accept", "text/event-stream");
            request.setHeader("Authorization", "Bearer " + token.get());
            lines.begin().ifPresent(last -> request.setHeader("Last-Event-ID", last));
            try {
                int status = http.execute(request, answer -> {
                    if (answer.getCode() == 200) {
                        new BufferedReader(new InputStreamReader(answer.getEntity().getContent(), StandardCharsets.UTF_8))
                                .lines().forEach(lines::accept);
                    }
                    return answer.getCode();
                });
                if (status == 204) {
                    return;
                }
            } catch (IOException | RuntimeException cut) {
                // comes back
            }
            Thread.sleep(lines.retry());
        }
    }
    // end
}
