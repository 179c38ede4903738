package io.eventsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/**
 * That the built jar says what it contains and on which terms, as the documentation does; {@code -Ddocs.write=true} writes its list. Maven
 * makes no bill of materials when offline, so its tests are skipped then unless there is one.
 */
class JarContentsIT {

    private static final Path JAR = Path.of("target", "gateway-app.jar");
    private static final Path RUNTIME = Path.of("target", "runtime-classpath.txt");
    private static final Path PAGE = Path.of("..", "docs", "dependencies.md");
    private static final String BILL = "META-INF/sbom/bom.json";
    private static final Pattern TERMS = Pattern.compile("(META-INF/)?[^/]*(LICENSE|NOTICE|COPYRIGHT)[^/]*");
    private static final Pattern PROTOBUF = Pattern.compile("com[/_]google[/_]protobuf.*/MessageLite\\.class$");
    private static final Pattern COORDINATES =
            Pattern.compile("pkg:maven/([^/]+)/([^@]+)@([^?]+)\\?(?:classifier=([^&]+)&)?type=jar");
    private static final String HEADER = "| library | version | licence | home page |\n|---|---|---|---|\n";
    private static final String ADVISORIES = "## Known vulnerabilities";

    @Test
    void billOfMaterialsNamesEveryLibraryAndNothingElse() throws IOException {
        assertThat(libraries().stream().map(Library::path))
                .containsExactlyInAnyOrderElementsOf(runtime().stream()
                        .map(jar -> jar.subpath(jar.getNameCount() - 3, jar.getNameCount()))
                        .map(JarContentsIT::slashes)
                        .toList());
    }

    @Test
    void everyLibraryHasTheTextOfItsLicence() throws IOException {
        try (ZipFile jar = new ZipFile(JAR.toFile())) {
            List<String> files = jar.stream()
                    .filter(entry -> entry.getSize() > 0)
                    .map(ZipEntry::getName)
                    .filter(name -> name.startsWith("META-INF/LICENSE") || name.startsWith("META-INF/licenses/"))
                    .toList();

            assertThat(libraries()).allSatisfy(library -> {
                String folder = "META-INF/licenses/" + library.folder() + "/";
                boolean own = files.stream()
                        .filter(name -> name.startsWith(folder))
                        .map(name -> name.substring(name.lastIndexOf('/') + 1))
                        .anyMatch(name -> name.equals("LICENSE") || name.startsWith("LICENSE."));
                if (!own) {
                    assertThat(files)
                            .containsAll(library.licences().stream()
                                    .map(licence -> "META-INF/licenses/" + licence + ".txt")
                                    .toList());
                }
            });
            assertThat(files).contains("META-INF/LICENSE");
        }
    }

    @Test
    void whatALibrarySaysOfItsTermsIsKept() throws IOException {
        int kept = 0;
        try (ZipFile built = new ZipFile(JAR.toFile())) {
            for (Path path : runtime()) {
                try (ZipFile library = new ZipFile(path.toFile())) {
                    for (ZipEntry entry : library.stream()
                            .filter(each -> TERMS.matcher(each.getName()).matches())
                            .toList()) {
                        ZipEntry copy = built.getEntry(folder(path) + entry.getName());
                        assertThat(copy).as(folder(path) + entry.getName()).isNotNull();
                        assertThat(bytes(built, copy)).isEqualTo(bytes(library, entry));
                        kept++;
                    }
                }
            }
        }
        assertThat(kept).isPositive();
    }

    /** Libraries that have it inside under another name do not say so. */
    @Test
    void everyCopyOfProtobufHasTheTextOfItsLicence() throws IOException {
        List<String> folders = new ArrayList<>();
        try (ZipFile built = new ZipFile(JAR.toFile())) {
            for (Path path : runtime()) {
                try (ZipFile library = new ZipFile(path.toFile())) {
                    if (library.stream()
                            .anyMatch(each -> PROTOBUF.matcher(each.getName()).find())) {
                        folders.add(folder(path));
                    }
                }
            }

            assertThat(folders).isNotEmpty().allSatisfy(folder -> assertThat(
                            built.getEntry(folder + "LICENSE-protobuf"))
                    .as(folder)
                    .isNotNull());
        }
    }

    @Test
    void documentListsWhatTheJarContains() throws IOException {
        StringBuilder table = new StringBuilder(HEADER);
        for (Library library : sorted()) {
            table.append("| `").append(library.group()).append(':').append(library.folder());
            table.append("` | ").append(library.version());
            table.append(" | ").append(String.join(", ", library.licences()));
            table.append(" | ").append(library.home()).append(" |\n");
        }
        String page = Files.readString(PAGE);
        int start = page.indexOf(HEADER);
        int end = page.indexOf("\n" + ADVISORIES);
        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(PAGE, page.substring(0, start) + table + page.substring(end));
        }

        assertThat(Files.readString(PAGE))
                .as(PAGE + " is stale; -Ddocs.write=true writes it anew")
                .contains(table);
    }

    /** So that nobody takes another version without a look at what is known of it. */
    @Test
    void documentSaysOfEveryVersionWhetherItWasComparedWithAdvisories() throws IOException {
        List<String> documented = new ArrayList<>();
        String page = Files.readString(PAGE);
        for (String line : page.substring(page.indexOf(ADVISORIES), page.indexOf("\n## What it does without"))
                .lines()
                .toList()) {
            String[] cells = line.split("\\|", -1);
            if (cells.length > 3 && cells[1].contains("`")) {
                documented.add(cells[1].replace("`", "").strip() + " " + cells[2].strip());
            }
        }

        assertThat(documented)
                .containsExactlyInAnyOrderElementsOf(sorted().stream()
                        .map(library -> library.group() + " " + library.version())
                        .distinct()
                        .toList());
    }

    /** One library of the bill of materials; the classifier is part of the folder's name. */
    private record Library(
            String group, String artifact, String folder, String version, List<String> licences, String home) {

        /** Where it is in a local repository, from the artifact on. */
        String path() {
            return artifact + "/" + version + "/"
                    + folder.replaceFirst(Pattern.quote(artifact), artifact + "-" + version) + ".jar";
        }
    }

    private static Collection<Library> sorted() throws IOException {
        return libraries().stream()
                .collect(Collectors.toMap(
                        library -> library.group() + ":" + library.folder(), each -> each, (a, b) -> a, TreeMap::new))
                .values();
    }

    private static List<Library> libraries() throws IOException {
        try (ZipFile jar = new ZipFile(JAR.toFile())) {
            ZipEntry bill = jar.getEntry(BILL);
            boolean offline = "offline=true".equals(System.getProperty("maven.mode"));
            assumeFalse(bill == null && offline, "Maven makes no bill of materials when offline");
            assertThat(bill).as(BILL).isNotNull();
            JsonNode bom = new ObjectMapper().readTree(bytes(jar, bill));
            List<Library> libraries = new ArrayList<>();
            for (JsonNode component : bom.get("components")) {
                Matcher coordinates = COORDINATES.matcher(component.get("purl").textValue());
                assertThat(coordinates.matches())
                        .as(component.get("purl").textValue())
                        .isTrue();
                if (!coordinates.group(1).equals("io.eventsgateway")) {
                    libraries.add(library(coordinates, component));
                }
            }
            return libraries;
        }
    }

    private static Library library(Matcher coordinates, JsonNode component) {
        String artifact = coordinates.group(2);
        return new Library(
                coordinates.group(1),
                artifact,
                coordinates.group(4) == null ? artifact : artifact + "-" + coordinates.group(4),
                coordinates.group(3),
                StreamSupport.stream(component.get("licenses").spliterator(), false)
                        .map(each -> each.get("license"))
                        .map(each -> each.path("id").asText(each.path("name").asText()))
                        .toList(),
                StreamSupport.stream(component.path("externalReferences").spliterator(), false)
                        .filter(each -> each.get("type").textValue().equals("website"))
                        .map(each -> each.get("url").textValue())
                        .findFirst()
                        .orElse(""));
    }

    /** The libraries that the built jar was made of, from the local repository. */
    private static List<Path> runtime() throws IOException {
        return Arrays.stream(Files.readString(RUNTIME).strip().split(System.getProperty("path.separator"), -1))
                .map(Path::of)
                .filter(each -> each.toString().endsWith(".jar"))
                .filter(each -> !each.startsWith(Path.of("..").toAbsolutePath().normalize()))
                .toList();
    }

    /** Where the built jar has the terms of a library. */
    private static String folder(Path library) {
        String version = library.getParent().getFileName().toString();
        String name =
                library.getFileName().toString().replace("-" + version, "").replaceFirst("\\.jar$", "");
        return "META-INF/licenses/" + name + "/";
    }

    private static String slashes(Path path) {
        return path.toString().replace('\\', '/');
    }

    private static byte[] bytes(ZipFile zip, ZipEntry entry) throws IOException {
        try (InputStream in = zip.getInputStream(entry)) {
            return in.readAllBytes();
        }
    }
}
