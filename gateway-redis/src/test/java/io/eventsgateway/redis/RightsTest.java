package io.eventsgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class RightsTest {

    @Test
    void triesEveryCommandOfTheScripts() throws IOException {
        Set<String> tried = commands(Script.RIGHTS, "try\\('([A-Z]+)'");
        for (Script script : Script.values()) {
            assertThat(tried).as(script.name()).containsAll(commands(script, "\\('([A-Z]+)'"));
        }
    }

    private static Set<String> commands(Script script, String pattern) throws IOException {
        try (InputStream in = Script.class.getResourceAsStream(script.name().toLowerCase(Locale.ROOT) + ".lua")) {
            assertThat(in).isNotNull();
            Set<String> commands = new TreeSet<>();
            Pattern.compile(pattern)
                    .matcher(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .results()
                    .forEach(found -> commands.add(found.group(1)));
            return commands;
        }
    }
}
