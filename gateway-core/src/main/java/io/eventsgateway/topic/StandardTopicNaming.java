package io.eventsgateway.topic;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * FlowX's naming: package, environment, the parts joined by the separator, version. Each value carries its own separators, so
 * that the environment {@code dev.} gives {@code ai.flowx.dev.eventsgateway.engine.commands.message.v1}.
 *
 * @param packageName what every name begins with, for example {@code ai.flowx.}
 * @param environment what follows it, empty for none
 * @param version what every name, but no pattern, ends with, for example {@code .v1}
 * @param separator what stands between parts
 * @param separator2 what stands between the words of one part, where names are written with {@code -}
 */
public record StandardTopicNaming(
        String packageName, String environment, String version, String separator, String separator2)
        implements TopicNaming {

    /** The documented defaults. */
    public static final StandardTopicNaming DEFAULT = new StandardTopicNaming("ai.flowx.", "", ".v1", ".", "-");

    @Override
    public String topic(String... parts) {
        return begin(parts) + version;
    }

    /** {@code …receive.*} with the documented separator, whose dot is any character too, and {@code …receive_.*} with another. */
    @Override
    public String pattern(String... parts) {
        return begin(parts) + (separator.equals(".") ? "" : separator) + ".*";
    }

    private String begin(String... parts) {
        return Stream.of(parts)
                .map(part -> part.replace("-", separator2))
                .collect(Collectors.joining(separator, packageName + environment, ""));
    }
}
