package io.eventsgateway.load;

import io.eventsgateway.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** {@link RawSse} as a process of its own. Used by one thread. */
final class RawServer implements Server {

    private final ServerProcess process;
    private final HttpClient http = HttpClient.newHttpClient();

    RawServer() {
        int port = FreePort.any();
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                // quiet, unlike what is on the class path for the gateway
                "-Dorg.jboss.logging.provider=jdk",
                "-cp",
                classPath(),
                RawSse.class.getName(),
                Integer.toString(port));
        process = new ServerProcess(command, Map.of(), port, path("none"), null);
    }

    /** The class path of this process, also where a test runner hides it. */
    static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    /** From the process' start until the headers of the first event stream. */
    double secondsToFirstStream() {
        return process.secondsToFirstStream();
    }

    @Override
    public List<InetSocketAddress> addresses() {
        return List.of(process.address());
    }

    @Override
    public String path(String destination) {
        return "/stream?to=" + destination;
    }

    @Override
    public Schedule.Kept send(int run, Schedule schedule, int size, String prefix, int destinations) {
        URI make = URI.create("http://127.0.0.1:" + process.address().getPort() + "/make?run=" + run + "&rate="
                + schedule.rate() + "&seconds=" + schedule.seconds() + "&size=" + size + "&prefix=" + prefix
                + "&destinations=" + destinations);
        try {
            String[] answer = http.send(HttpRequest.newBuilder(make).build(), BodyHandlers.ofString())
                    .body()
                    .split(" ", 2);
            return new Schedule.Kept(Long.parseLong(answer[0]), Double.parseDouble(answer[1]));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    @Override
    public ProcessTree processes() {
        return new ProcessTree(List.of(process.handle()));
    }

    @Override
    public void close() {
        process.close();
    }
}
