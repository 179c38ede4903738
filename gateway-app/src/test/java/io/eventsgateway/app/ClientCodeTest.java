package io.eventsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the document says of other clients is what {@link ClientMatrixIT} runs. */
class ClientCodeTest {

    private static final Path SOURCES = Path.of("../gateway-sse-undertow/src/test/clients");

    static Stream<Path> sources() {
        Path lines = Path.of("jvm/src/main/java/clients/EventLines.java");
        return Stream.concat(Stream.of(lines), ClientRow.all().stream().map(ClientRow::source))
                .distinct();
    }

    @ParameterizedTest
    @MethodSource("sources")
    void isShown(Path source) throws IOException {
        String code = Files.readString(SOURCES.resolve(source)).replaceAll("'eventsource-[23]'", "'eventsource'");
        int begin = code.indexOf("// begin\n");
        String shown = begin < 0 ? code : code.substring(begin + 9, code.indexOf("// end"));

        assertThat(Files.readString(Path.of("../docs/clients.md")))
                .contains("\n" + shown.stripIndent().strip() + "\n```");
    }

    static Stream<ClientRow> rows() {
        return ClientRow.all().stream();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void isRated(ClientRow row) throws IOException {
        assertThat(Files.readString(Path.of("../docs/clients.md")))
                .contains("\n" + row.expected().line(row.id()) + "\n");
    }
}
