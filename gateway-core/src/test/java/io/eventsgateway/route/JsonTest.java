package io.eventsgateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The reader of JSON against Jackson, which knows better. */
class JsonTest {

    private static final String[] SEEDS = {
        "{\"a\":[1,-2.5e+3,true,false,null,{\"b\":{}}],\"c\":\"x\\u00e9\\n\\\\ü€😀\"}",
        " [ [ ] , { } , \"\" , 0 , -0.0 , 1E9 ] ",
        "{\"destination\":{\"type\":\"view\",\"id\":\"7\"},\"data\":{\"n\":1}}",
        "\"text\"",
        "12345"
    };
    private static final byte[] PIECES =
            "{}[]:,\"\\u0123abcdef tnrls\n\r\t-+.eE\0\u007f".getBytes(StandardCharsets.UTF_8);

    private final JsonMapper jackson = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNumberLength(100_000)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    @Test
    void agreesWithJacksonOnMutatedDocuments() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int valid = 0;
        for (int i = 0; i < 300_000; i++) {
            byte[] mutated = mutate(SEEDS[i % SEEDS.length].getBytes(StandardCharsets.UTF_8), random);
            JsonNode expected = read(mutated);
            Json actual = parse(mutated);
            assertThat(actual == null)
                    .as("seed %d: %s", seed, new String(mutated, StandardCharsets.UTF_8))
                    .isEqualTo(expected == null);
            if (expected != null && actual != null) {
                valid++;
                compare(expected, actual);
            }
        }
        assertThat(valid).isGreaterThan(1000);
    }

    @Test
    void keepsOnlyWhatIsAskedForOfALargeObjectOrArray() throws MalformedRecordException {
        byte[] object = "{\"a\":1,\"b\":2,\"\\u0061\":3,\"c\":[1,2,3]}".getBytes(StandardCharsets.UTF_8);

        Map<String, Json> members = Json.parse(object).members("a"::equals);

        assertThat(members).containsOnlyKeys("a");
        assertThat(object[members.get("a").from()]).isEqualTo((byte) '3');
        assertThat(Json.parse("[1,2,3]".getBytes(StandardCharsets.UTF_8)).elements(2))
                .hasSize(2);
    }

    private void compare(JsonNode expected, Json actual) throws IOException {
        assertThat(actual.isObject()).isEqualTo(expected.isObject());
        assertThat(actual.isArray()).isEqualTo(expected.isArray());
        if (expected.isTextual()) {
            assertThat(actual.string()).isEqualTo(expected.textValue());
        } else if (expected.isObject()) {
            Map<String, Json> members = members(actual);
            assertThat(members).hasSize(expected.size());
            for (Map.Entry<String, JsonNode> each : expected.properties()) {
                compare(each.getValue(), members.get(each.getKey()));
            }
        } else if (expected.isArray()) {
            assertThat(elements(actual)).isEqualTo(expected.size());
        }
    }

    private static Map<String, Json> members(Json json) {
        try {
            return json.members(name -> true);
        } catch (MalformedRecordException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static int elements(Json json) {
        try {
            return json.elements(Integer.MAX_VALUE).size();
        } catch (MalformedRecordException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** Jackson's view; it lets some bytes pass that are no UTF-8, so that is asked of the JDK, and a NUL behind a number. */
    private JsonNode read(byte[] bytes) {
        for (byte each : bytes) {
            if (each == 0) {
                return null;
            }
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            JsonNode node = jackson.readTree(bytes);
            return node == null || node.isMissingNode() ? null : node;
        } catch (CharacterCodingException notUtf8) {
            return null;
        } catch (IOException notJson) {
            return null;
        }
    }

    private static Json parse(byte[] bytes) {
        try {
            return Json.parse(bytes);
        } catch (MalformedRecordException notJson) {
            return null;
        }
    }

    private static byte[] mutate(byte[] bytes, Random random) {
        byte[] mutated = Arrays.copyOf(bytes, bytes.length - random.nextInt(2));
        int changes = random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            byte piece = random.nextInt(8) == 0 ? (byte) random.nextInt(256) : PIECES[random.nextInt(PIECES.length)];
            mutated[random.nextInt(mutated.length)] = piece;
        }
        return mutated;
    }
}
