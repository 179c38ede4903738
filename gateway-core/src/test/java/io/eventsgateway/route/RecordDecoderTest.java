package io.eventsgateway.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventsgateway.Destination;
import io.eventsgateway.Event;
import io.eventsgateway.Source;
import io.eventsgateway.route.InboundRecord.Header;
import io.eventsgateway.topic.Feed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordDecoderTest {

    private static final String ACME = "0f9a4c1e-0000-4000-8000-000000000001";

    private final RecordDecoder decoder = new RecordDecoder(new Organisations("default"), 10_000);

    @Test
    void takesAnEnvelopeApartByteForByte() throws MalformedRecordException {
        String data = "{ \"a\" : 1.0e1,\n \"ü\":\"\\u0041\" }";
        Command command = decode("{\"destination\":{\"type\":\"view\",\"id\":\"7\"},\"event\":\"tokenState\","
                + "\"data\": " + data + " ,\"eventId\":\"e-1\"}");

        assertThat(command.target()).isEqualTo(new Command.Target("view", "7"));
        assertThat(command.event().name()).isEqualTo("tokenState");
        assertThat(text(command)).isEqualTo(data);
        assertThat(command.eventId()).isEqualTo("e-1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'destination':'view/7'}                        | view             | 7",
                "{'destination':'view/a/b'}                      | view             | a/b",
                "{'destination':{'id':'7'}}                      | process-instance | 7",
                "{'destination':{'type':'view'}}                 | view             | key",
                "{'processInstanceUuid':'7'}                     | process-instance | 7",
                "{'processUuid':'7'}                             | process          | 7",
                "{'viewId':'7'}                                  | view             | 7",
                "{'userId':'7'}                                  | user             | 7",
                "{'destination':null,'userId':'7'}               | user             | 7",
                "{'anything':'else'}                             | process-instance | key",
                "[1,2]                                           | process-instance | key",
                "42                                              | process-instance | key"
            })
    void findsTheDestination(String value, String type, String id) throws MalformedRecordException {
        Command command = decode(value.replace('\'', '"'));

        assertThat(Router.STANDARD.route(command)).containsExactly(new Destination("default", type, id));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'viewId':'7','event':'a','type':'b','data':1,'body':2}  | a       | 1",
                "{'viewId':'7','messageType':'a','message':1}             | a       | 1",
                "{'viewId':'7','type':'a','payload':[1]}                  | a       | [1]",
                "{'viewId':'7','body':'x'}                                | message | 'x'",
                "{'viewId':'7','data':null}                               | message | null",
                "{'viewId':'7','event':''}                                | message | {'viewId':'7','event':''}"
            })
    void knowsTheOtherNamesOfEventAndData(String value, String event, String data) throws MalformedRecordException {
        Command command = decode(value.replace('\'', '"'));

        assertThat(command.event().name()).isEqualTo(event);
        assertThat(text(command)).isEqualTo(data.replace('\'', '"'));
    }

    @Test
    void takesTheWholeValueForDataWhenItIsNoEnvelope() throws MalformedRecordException {
        InboundRecord in =
                record(Feed.TASK_MESSAGE, "t", "key", "  {\"n\": 1}\n", new Header("Fx-Event", bytes("runAction")));

        Command command = decoder.decode(in);

        assertThat(command.target()).isEqualTo(new Command.Target("view", "key"));
        assertThat(command.event().name()).isEqualTo("runAction");
        assertThat(text(command)).isEqualTo("{\"n\": 1}");
    }

    @Test
    void sendsToEveryUserWhenNoneIsNamed() throws MalformedRecordException {
        Command command = decoder.decode(record(Feed.USER_MESSAGE, "t", null, "{\"n\":1}"));

        assertThat(Router.STANDARD.route(command)).containsExactly(new Destination("default", "user", "*"));
    }

    @Test
    void knowsTheTaskManagersTopicByItsName() throws MalformedRecordException {
        String topic = "ai.flowx.eventsgateway.receive.taskmanager.commands.message.v1";

        assertThat(decoder.decode(record(Feed.GENERIC_MESSAGE, topic, "k", "1"))
                        .target()
                        .type())
                .isEqualTo("view");
        assertThat(decoder.decode(record(Feed.GENERIC_MESSAGE, "ai.flowx.eventsgateway.receive.x.v1", "k", "1"))
                        .target()
                        .type())
                .isEqualTo("generic");
    }

    @Test
    void makesControlsOfConnectsAndDisconnects() throws MalformedRecordException {
        Command connect =
                decoder.decode(record(Feed.ENGINE_CONNECT, "t", "k", "{\"subjects\":[\"ann\"],\"roles\":[\"chief\"]}"));
        Command disconnect = decoder.decode(record(
                Feed.ENGINE_DISCONNECT, "t", null, "{\"processInstanceUuid\":\"7\",\"reason\":\"a \\\"b\\\"\\n\"}"));

        assertThat(connect.event()).isEqualTo(Event.connect(Set.of("ann"), Set.of("chief")));
        assertThat(disconnect.event().kind()).isEqualTo(Event.Kind.DISCONNECT);
        assertThat(text(disconnect)).isEqualTo("{\"reason\":\"a \\\"b\\\"\\n\"}");
    }

    @Test
    void takesTheOrganisationFromTheHeader() throws MalformedRecordException {
        Header header = new Header("Fx-Organization-Id", bytes(ACME.toUpperCase(Locale.ROOT)));

        assertThat(decoder.decode(record(Feed.TASK_MESSAGE, "t", "k", "1", header))
                        .organisation())
                .isEqualTo(ACME);
        assertThat(decode("1").organisation()).isEqualTo("default");
        assertThatThrownBy(() ->
                        new RecordDecoder(Organisations.REQUIRED, 10).decode(record(Feed.TASK_MESSAGE, "t", "k", "1")))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessage("no header Fx-Organization-Id");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "                                    | no value",
                "{'n':                               | not JSON: ends too early",
                "{'n':1}}                            | not JSON: unexpected byte at 7",
                "{'n':01}                            | not JSON: unexpected byte at 6",
                "nul                                 | not JSON: ends too early",
                "{'destination':'nowhere'}           | destination must be an object or a string type/id",
                "{'destination':[]}                  | destination must be a string",
                "{'destination':{'id':7}}            | id must be a string",
                "{'viewId':7}                        | viewId must be a string",
                "{'viewId':'7','event':{}}           | event must be a string",
                "{'viewId':'7','event':'a\\u0000b'}  | event name must not have CR, LF or NUL",
                "{'viewId':'7','eventId':''}         | eventId must be 1-256 characters, got 0",
                "{'viewId':'7','eventId':'a\\u0000b'} | eventId must not have control characters or half a surrogate pair",
                "{'viewId':'7','eventId':'\\ud800'}  | eventId must not have control characters or half a surrogate pair",
                "{'viewId':'7','event':'\\ud83d'}    | event name must not have half a surrogate pair",
                "{'viewId':'7','event':'a\\udc00b'}  | event name must not have half a surrogate pair",
                "\uFEFF                              | not JSON: ends too early"
            })
    void refusesWhatCannotBeUsed(String value, String reason) {
        String json = value == null ? "" : value.replace('\'', '"');

        assertThatThrownBy(() -> decode(json))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessage(reason);
    }

    @Test
    void takesAByteOrderMarkBeforeTheJson() throws MalformedRecordException {
        Command command = decode("\uFEFF {\"viewId\":\"7\",\"data\":1}");
        Command plain = decode("\uFEFF[1]");

        assertThat(command.target()).isEqualTo(new Command.Target("view", "7"));
        assertThat(text(command)).isEqualTo("1");
        assertThat(text(plain)).isEqualTo("[1]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"subjects", "roles"})
    void refusesNamesThatStoppedRedisForSeconds(String member) throws MalformedRecordException {
        RecordDecoder large = new RecordDecoder(new Organisations("default"), 50_000_000);
        String thousand =
                IntStream.range(0, 1000).mapToObj(i -> "\"n" + i + "\"").collect(Collectors.joining(","));
        String wide = IntStream.range(0, 300)
                .mapToObj(i -> "\"" + "\u20ac".repeat(100) + i + "\"")
                .collect(Collectors.joining(","));

        assertThat(large.decode(connect("{\"" + member + "\":[" + thousand + "]}"))
                        .event()
                        .kind())
                .isEqualTo(Event.Kind.CONNECT);
        assertThatThrownBy(() -> large.decode(connect("{\"" + member + "\":[" + thousand + ",\"one\"]}")))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessage("subjects and roles must be at most 1000 together");
        assertThatThrownBy(() -> large.decode(connect("{\"" + member + "\":[" + wide + "]}")))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessage("subjects and roles must have at most 65536 bytes together");
        assertThatThrownBy(() -> large.decode(connect("{\"subjects\":[" + thousand + "],\"roles\":[\"one\"]}")))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessage("subjects and roles must be at most 1000 together");
        assertThatThrownBy(() -> large.decode(record(
                        Feed.ENGINE_DISCONNECT, "t", "k", "{\"subjects\":[" + "\"same\",".repeat(1000) + "\"same\"]}")))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessage("subjects and roles must be at most 1000 together");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"subjects\":[\"\\ud800\"]} | subject must be 1-256 characters, none of them a control character or half a surrogate pair",
                "{\"roles\":[\"a\\udfff\"]}   | role must be 1-256 characters, none of them a control character or half a surrogate pair",
                "{\"roles\":[\"\\n\"]}        | role must be 1-256 characters, none of them a control character or half a surrogate pair"
            })
    void refusesNamesThatAreNoText(String value, String reason) {
        assertThatThrownBy(() -> decoder.decode(connect(value)))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessage(reason);
    }

    @Test
    void handsAReasonOnAsItIs() throws MalformedRecordException {
        Command disconnect = decoder.decode(
                record(Feed.ENGINE_DISCONNECT, "t", "k", "{\"reason\":\"half \\ud83d of a pair, \\u00e4\"}"));

        assertThat(text(disconnect)).isEqualTo("{\"reason\":\"half \\ud83d of a pair, \\u00e4\"}");
    }

    @Test
    void refusesAHeaderOrAnIdThatIsNoText() {
        Header latin1 = new Header("Fx-Event", new byte[] {'a', (byte) 0xE4});
        Header large = new Header("Fx-Event", bytes("x".repeat(50_000)));

        assertThatThrownBy(() -> decoder.decode(record(Feed.ENGINE_MESSAGE, "t", "k", "1", latin1)))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessage("header Fx-Event is not UTF-8");
        assertThatThrownBy(() -> decoder.decode(record(Feed.ENGINE_MESSAGE, "t", "k", "1", large)))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessage("header Fx-Event must be at most 256 characters, has 50000 bytes");
        assertThatThrownBy(() -> Router.STANDARD.route(decode("{\"viewId\":\"\\ud800\"}")))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessage("destination id must not have control characters or half a surrogate pair");
    }

    @Test
    void takesDataOfWhichMostAreLineEnds() throws MalformedRecordException {
        RecordDecoder large = new RecordDecoder(new Organisations("default"), 50_000_000);
        String pretty = "[" + "\n    12345,".repeat(200_000) + "\n    0\n]";

        assertThat(large.decode(record(Feed.ENGINE_MESSAGE, "t", "k", pretty))
                        .event()
                        .data()
                        .size())
                .isEqualTo(pretty.length());
        assertThat(large.decode(record(Feed.ENGINE_MESSAGE, "t", "k", "[" + "\n".repeat(1_000_000) + "]"))
                        .event()
                        .data()
                        .size())
                .isEqualTo(1_000_002);
    }

    @Test
    void refusesWhatIsTooLargeOrNotText() {
        assertThatThrownBy(() -> decode("\"" + "x".repeat(10_000) + "\""))
                .hasMessage("value of 10002 bytes is larger than 10000");
        assertThatThrownBy(() -> decoder.decode(new InboundRecord(
                        Feed.TASK_MESSAGE,
                        new Source("t", "i", 0, 0),
                        new byte[] {(byte) 0xFF},
                        bytes("1"),
                        List.of())))
                .hasMessage("key is not UTF-8");
        assertThatThrownBy(() -> Router.STANDARD.route(decoder.decode(record(Feed.TASK_MESSAGE, "t", null, "1"))))
                .hasMessage("no destination: neither the value nor the key has an id");
        assertThatThrownBy(() -> Router.STANDARD.route(decode("{\"viewId\":\"" + "x".repeat(300) + "\"}")))
                .hasMessage("destination id must be 1-256 characters, got 300");
    }

    private Command decode(String value) throws MalformedRecordException {
        return decoder.decode(record(Feed.ENGINE_MESSAGE, "t", "key", value));
    }

    private static InboundRecord connect(String value) {
        return record(Feed.ENGINE_CONNECT, "t", "k", value);
    }

    private static InboundRecord record(Feed feed, String topic, String key, String value, Header... headers) {
        byte[] keyBytes = key == null ? null : bytes(key);
        List<Header> all = new ArrayList<>(List.of(headers));
        return new InboundRecord(feed, new Source(topic, "id", 0, 0), keyBytes, bytes(value), all);
    }

    private static String text(Command command) {
        return new String(command.event().data().toByteArray(), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
