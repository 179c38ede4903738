package io.eventsgateway.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.eventsgateway.Text;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Foreign text as a terminal may show it, which obeys control characters. Any thread may call. */
final class Terminal {

    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}&&[^\t\n]]");

    private Terminal() {}

    /** Text of several lines: a {@code ?} for each control character but tab and the end of a line. */
    static String lines(String text) {
        return CONTROL.matcher(text).replaceAll("?");
    }

    /** The same of bytes in UTF-8; a dash for none. */
    static String lines(byte @Nullable [] bytes) {
        return bytes == null ? "-" : lines(new String(bytes, StandardCharsets.UTF_8));
    }

    /** Text within a line: a {@code ?} too for whatever would end the line, or change how it is shown. */
    static String part(String text) {
        return Text.forLog(text, Integer.MAX_VALUE);
    }

    /** A value of JSON, each of whose texts can be shown within a line. */
    static JsonNode part(JsonNode value) {
        if (value.isTextual()) {
            return JsonNodeFactory.instance.textNode(part(value.asText()));
        }
        if (value.isArray()) {
            ArrayNode shown = JsonNodeFactory.instance.arrayNode();
            value.forEach(each -> shown.add(part(each)));
            return shown;
        }
        if (value.isObject()) {
            ObjectNode shown = JsonNodeFactory.instance.objectNode();
            value.properties().forEach(each -> shown.set(each.getKey(), part(each.getValue())));
            return shown;
        }
        return value;
    }
}
