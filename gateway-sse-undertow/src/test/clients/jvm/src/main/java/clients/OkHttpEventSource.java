package clients;

import com.launchdarkly.eventsource.ConnectStrategy;
import com.launchdarkly.eventsource.ErrorStrategy;
import com.launchdarkly.eventsource.EventSource;
import com.launchdarkly.eventsource.MessageEvent;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

final class OkHttpEventSource {

    private OkHttpEventSource() {}

    // begin
    static void listen(URI url, Supplier<String> token, BiConsumer<String, String> hear) {
        EventSource events = new EventSource.Builder(ConnectStrategy.http(url)
                        .requestTransformer(request -> request.newBuilder()
                                .header("Authorization", "Bearer " + token.get())
                                .build())
                        .readTimeout(45, TimeUnit.SECONDS))
                .errorStrategy(ErrorStrategy.alwaysContinue())
                .build();
        for (MessageEvent event : events.messages()) {
            hear.accept(event.getEventName(), event.getData());
        }
    }
    // end
}
