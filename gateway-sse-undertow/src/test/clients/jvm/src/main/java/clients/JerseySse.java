package clients;

import jakarta.ws.rs.client.Client;
import jakarta.ws.rs.client.ClientBuilder;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.glassfish.jersey.media.sse.EventInput;
import org.glassfish.jersey.media.sse.InboundEvent;
import org.glassfish.jersey.media.sse.SseFeature;

final class JerseySse {

    private JerseySse() {}

    // begin
    static void listen(URI url, Supplier<String> token, BiConsumer<String, String> hear) throws InterruptedException {
        Client http = ClientBuilder.newBuilder()
                .register(SseFeature.class)
                .readTimeout(45, TimeUnit.SECONDS)
                .build();
        String last = "";
        while (true) {
            try (Response answer = http.target(url)
                    .request(MediaType.SERVER_SENT_EVENTS)
                    .header("Authorization", "Bearer " + token.get())
                    .header("Last-Event-ID", last)
                    .get()) {
                if (answer.getStatus() == 204) {
                    return;
                }
                EventInput events = answer.readEntity(EventInput.class);
                for (InboundEvent event = events.read(); event != null; event = events.read()) {
                    if (!event.isEmpty()) {
                        hear.accept(event.getName() == null ? "message" : event.getName(), event.readData());
                    }
                    last = event.getId() == null ? last : event.getId();
                }
            } catch (RuntimeException cut) {
                // comes back
            }
            Thread.sleep(3000);
        }
    }
    // end
}
