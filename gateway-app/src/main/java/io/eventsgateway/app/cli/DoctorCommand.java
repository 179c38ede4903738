package io.eventsgateway.app.cli;

import io.eventsgateway.app.LogSettings;
import io.eventsgateway.app.doctor.Examination;
import io.eventsgateway.app.doctor.Finding;
import io.eventsgateway.app.doctor.Report;
import io.eventsgateway.app.doctor.Verdict;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Looks at everything that the gateway needs, as it would use it, and says what to do about what does not work. */
@Command(
        name = "doctor",
        description = "Looks at settings, Kafka, Redis and issuers as the gateway would use them, and says what to do. "
                + "Exit code 0 without a fail, 69 with one.",
        mixinStandardHelpOptions = true)
public final class DoctorCommand implements Callable<Integer> {

    private static final int FAILED = 69;

    @Option(names = "--token", description = "An access token to explain; default: the variable GATEWAY_TOKEN.")
    private @Nullable String token = System.getenv("GATEWAY_TOKEN");

    @Option(names = "--token-file", paramLabel = "FILE", description = "A file that has the token.")
    private @Nullable Path tokenFile;

    @Option(names = "--origin", description = "Origin of a page that reads the streams; may be repeated.")
    private List<String> origins = List.of();

    @Option(
            names = "--url",
            description = "Where clients reach the gateway, as https://host/api/events: measures the way there.")
    private @Nullable URI url;

    @Option(
            names = "--destination",
            description = "The destination to open by --url, type/id or user; default: one that nobody has.")
    private @Nullable String destination;

    @Option(
            names = "--seconds",
            description = "How long --url is measured; default: ${DEFAULT-VALUE}.",
            defaultValue = "70")
    private int seconds = 70;

    @Option(
            names = "--probe",
            arity = "0..1",
            fallbackValue = "engine-message",
            paramLabel = "FEED",
            description =
                    "Sends one record to a feed (${FALLBACK-VALUE}), to a destination that nobody has, and follows it.")
    private @Nullable String probe;

    @Option(
            names = "--organization",
            description = "Whose the record of --probe is, a UUID; default: that of the token.")
    private @Nullable String organization;

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    @Mixin
    private EnvironmentOption settings = new EnvironmentOption();

    @Override
    public Integer call() throws IOException, InterruptedException {
        LogSettings.silence();
        Path file = tokenFile;
        String given = file == null ? token : Files.readString(file).strip();
        Examination examination = new Examination(
                settings.environment(),
                new Examination.Options(
                        given, origins, url, destination, Duration.ofSeconds(seconds), probe, organization));
        List<Finding> findings = examination.run();
        if (json) {
            System.out.println(Report.json(findings));
        } else {
            Report.text(findings).forEach(System.out::println);
            System.out.println(Report.sum(findings));
        }
        return Report.worst(findings) == Verdict.FAIL ? FAILED : 0;
    }
}
