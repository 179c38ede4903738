package io.eventsgateway.app.cli;

import io.eventsgateway.config.ConfigurationException;
import io.eventsgateway.config.Environment;
import io.github.cdimascio.dotenv.Dotenv;
import io.github.cdimascio.dotenv.DotenvEntry;
import io.github.cdimascio.dotenv.DotenvException;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the settings come from. */
final class EnvironmentOption {

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "Reads what the environment does not set from a file: NAME=value line by line (.env), or Java properties where "
                            + "its name ends with .properties.")
    private @Nullable Path file;

    /**
     * The settings.
     *
     * @throws ConfigurationException if the file can't be read
     */
    Environment environment() {
        Environment own = new Environment(System.getenv());
        Path from = file;
        return from == null ? own : own.orElse(new Environment(from.toString(), read(from)));
    }

    private static Map<String, String> read(Path file) {
        Path path = file.toAbsolutePath();
        if (!Files.isReadable(path) || Files.isDirectory(path)) {
            throw new ConfigurationException(
                    List.of("--config=" + file + " is not valid: must be a file that can be read"));
        }
        try {
            return path.toString().endsWith(".properties") ? properties(path) : variables(path);
        } catch (DotenvException malformed) {
            throw new ConfigurationException(List.of("--config=" + file + " is not valid: " + line(path, malformed)));
        } catch (IOException | IllegalArgumentException unreadable) {
            throw new ConfigurationException(List.of("--config=" + file + " is not valid: " + unreadable.getMessage()));
        }
    }

    /** Which line it is, without what is in it: that may be the second line of a key. */
    private static String line(Path file, DotenvException malformed) {
        String message = String.valueOf(malformed.getMessage());
        try {
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                if (!lines.get(i).isBlank() && message.endsWith(lines.get(i).strip())) {
                    return "line " + (i + 1) + " must be NAME=value";
                }
            }
        } catch (IOException unreadable) {
            return "must be text in UTF-8";
        }
        return "every line must be NAME=value";
    }

    private static Map<String, String> properties(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        }
        return properties.stringPropertyNames().stream()
                .collect(Collectors.toMap(name -> name, properties::getProperty));
    }

    private static Map<String, String> variables(Path file) {
        return Dotenv.configure()
                .directory(String.valueOf(file.getParent()))
                .filename(String.valueOf(file.getFileName()))
                .load()
                .entries(Dotenv.Filter.DECLARED_IN_ENV_FILE)
                .stream()
                .collect(Collectors.toMap(DotenvEntry::getKey, DotenvEntry::getValue, (first, last) -> last));
    }
}
