package io.eventsgateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.Destination;
import io.eventsgateway.ShownExample;
import io.eventsgateway.Source;
import io.eventsgateway.topic.Feed;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The example of docs/embedding.md: a service's own routing, tested without a server. */
class RoutingExampleTest {

    @Test
    void bringsWhatConcernsAnOrderToTheListOfOrdersToo() throws MalformedRecordException {
        // begin
        Router router = command -> {
            Set<Destination> destinations = new HashSet<>(Router.STANDARD.route(command));
            if (command.target().type().equals("order")) {
                destinations.add(new Destination(command.organisation(), "view", "orders"));
            }
            return destinations;
        };

        var decoder = new RecordDecoder(new Organisations("acme"), 1_000_000);
        var value = "{\"destination\":\"order/7\",\"event\":\"paid\",\"data\":{\"sum\":12}}";
        var record = new InboundRecord(
                Feed.GENERIC_MESSAGE,
                new Source("orders", "topic-id", 0, 0),
                null,
                value.getBytes(StandardCharsets.UTF_8),
                List.of());

        assertThat(router.route(decoder.decode(record)))
                .containsExactlyInAnyOrder(
                        new Destination("acme", "order", "7"), new Destination("acme", "view", "orders"));
        // end
    }

    @Test
    void isWhatTheDocumentShows() throws Exception {
        ShownExample.assertIn("embedding.md", getClass());
    }
}
