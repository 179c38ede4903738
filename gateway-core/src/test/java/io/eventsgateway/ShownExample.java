package io.eventsgateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** A test's code that a document shows: what stands between {@code // begin} and {@code // end}. */
public final class ShownExample {

    private ShownExample() {}

    /** Fails unless a document of {@code docs} shows the code of a test of the module that runs. */
    public static void assertIn(String document, Class<?> test) throws IOException {
        String source = Files.readString(Path.of("src/test/java", test.getName().replace('.', '/') + ".java"));
        String example = source.substring(source.indexOf("// begin\n") + 9, source.indexOf("// end"));
        String shown = example.lines()
                .map(line -> line.isBlank() ? "" : line.substring(8))
                .collect(Collectors.joining("\n"))
                .strip();
        assertThat(Files.readString(Path.of("../docs", document))).contains("```java\n" + shown + "\n```");
    }
}
