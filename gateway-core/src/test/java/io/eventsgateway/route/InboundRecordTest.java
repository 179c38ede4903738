package io.eventsgateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsgateway.Source;
import io.eventsgateway.route.InboundRecord.Header;
import io.eventsgateway.topic.Feed;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InboundRecordTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00-x\n2026-11-26T00:00:00.000Z ERROR [main] FORGED",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\n",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-else",
                "00-0AF7651916CD43DD8448EB211C80319C-B7AD6B7169203331-01",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            })
    void hasNoTraceparentThatIsNotOfTheStandardsForm(String value) {
        assertThat(record(value).traceparent()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    void hasTheTraceparent(String value) {
        assertThat(record(value).traceparent()).isEqualTo(value);
    }

    private static InboundRecord record(String traceparent) {
        Header header = new Header("traceparent", traceparent.getBytes(StandardCharsets.UTF_8));
        return new InboundRecord(Feed.TASK_MESSAGE, new Source("t", "i", 0, 0), null, null, List.of(header));
    }
}
