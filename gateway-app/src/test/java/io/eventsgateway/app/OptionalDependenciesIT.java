package io.eventsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/** What libraries in the built jar use if it is there: either it is in the jar, or the documentation says why it is not. */
class OptionalDependenciesIT {

    private static final Path JAR = Path.of("target", "gateway-app.jar");
    private static final Path RUNTIME = Path.of("target", "runtime-classpath.txt");
    private static final Path PAGE = Path.of("..", "docs", "dependencies.md");
    private static final Pattern PROPERTY = Pattern.compile("\\$\\{([^}]+)}");
    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

    @Test
    void everyClassIsThereOrDocumentedAsNotNeeded() throws IOException {
        Set<String> documented = column(2);

        Set<String> used = new HashSet<>();
        Set<String> missing = new TreeSet<>();
        for (String name : missingClasses()) {
            Set<String> prefixes = documented.stream()
                    .filter(prefix -> name.startsWith(prefix + "."))
                    .collect(Collectors.toSet());
            used.addAll(prefixes);
            if (prefixes.isEmpty()) {
                missing.add(name);
            }
        }

        assertThat(missing)
                .as("classes that are neither in the jar nor in " + PAGE)
                .isEmpty();
        assertThat(documented).as("packages in " + PAGE).containsExactlyInAnyOrderElementsOf(used);
    }

    @Test
    void everyOptionalArtifactIsThereOrDocumentedAsNotNeeded() throws Exception {
        Set<String> shipped = new HashSet<>();
        Set<String> optional = new TreeSet<>();
        for (Path jar : runtime()) {
            Path version = jar.getParent();
            String artifact = version.getParent().getFileName().toString();
            Path pom = version.resolve(artifact + "-" + version.getFileName() + ".pom");
            Element project = parse(pom);
            String group = text(project, "groupId", text(child(project, "parent"), "groupId", ""));
            shipped.add(group + ":" + artifact);
            Path repository = Path.of(pom.toString()
                    .replace(
                            "/" + group.replace('.', '/') + "/" + artifact + "/" + version.getFileName() + "/"
                                    + pom.getFileName(),
                            ""));
            Element dependencies = child(project, "dependencies");
            for (Element each : children(dependencies, "dependency")) {
                if (text(each, "optional", "").equals("true")
                        || text(each, "scope", "").equals("provided")) {
                    optional.add(resolve(repository, project, group, text(each, "groupId", "")) + ":"
                            + resolve(repository, project, group, text(each, "artifactId", "")));
                }
            }
        }
        optional.removeAll(shipped);

        assertThat(shipped)
                .contains("org.apache.kafka:kafka-clients", "io.lettuce:lettuce-core", "org.jboss.xnio:xnio-nio");
        assertThat(column(1)).as("artifacts in " + PAGE).containsExactlyInAnyOrderElementsOf(optional);
    }

    /** The jars that the built one was made of, from the local repository. */
    private static List<Path> runtime() throws IOException {
        return Arrays.stream(Files.readString(RUNTIME).strip().split(System.getProperty("path.separator")))
                .map(Path::of)
                .filter(each -> each.toString().endsWith(".jar"))
                .filter(each -> !each.startsWith(Path.of("..").toAbsolutePath().normalize()))
                .toList();
    }

    private static Set<String> missingClasses() {
        StringWriter out = new StringWriter();
        ToolProvider jdeps = ToolProvider.findFirst("jdeps").orElseThrow();
        int code = jdeps.run(
                new PrintWriter(out),
                new PrintWriter(System.err),
                "--multi-release",
                "17",
                "--missing-deps",
                JAR.toString());
        assertThat(code).as(out.toString()).isZero();
        return out.toString()
                .lines()
                .filter(line -> line.startsWith(" ") && line.endsWith("not found"))
                .map(line -> line.substring(line.indexOf("->") + 2).strip().split(" ")[0])
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The quoted words of a column of the page's table. */
    private static Set<String> column(int index) throws IOException {
        Set<String> words = new HashSet<>();
        List<String> lines = Files.readAllLines(PAGE);
        for (String line : lines.subList(lines.indexOf("## What it does without"), lines.size())) {
            if (line.startsWith("|")) {
                String cell = line.split("\\|")[index + 1];
                QUOTED.matcher(cell).results().map(result -> result.group(1)).forEach(words::add);
            }
        }
        return words;
    }

    /** A coordinate with the properties of the POM, or of its parents, put in. */
    private static String resolve(Path repository, Element project, String group, String text) throws Exception {
        Matcher property = PROPERTY.matcher(text);
        if (!property.matches()) {
            return text;
        }
        if (property.group(1).equals("project.groupId")) {
            return group;
        }
        Element value = child(child(project, "properties"), property.group(1));
        if (value != null) {
            return value.getTextContent().strip();
        }
        Element parent = child(project, "parent");
        String artifact = text(parent, "artifactId", "");
        String version = text(parent, "version", "");
        Path folder = repository
                .resolve(text(parent, "groupId", "").replace('.', '/'))
                .resolve(artifact)
                .resolve(version);
        return resolve(repository, parse(folder.resolve(artifact + "-" + version + ".pom")), group, text);
    }

    private static Element parse(Path pom) throws IOException, SAXException, ParserConfigurationException {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(pom.toFile())
                .getDocumentElement();
    }

    private static String text(Element parent, String name, String otherwise) {
        Element child = child(parent, name);
        return child == null ? otherwise : child.getTextContent().strip();
    }

    private static Element child(Element parent, String name) {
        List<Element> children = children(parent, name);
        return children.isEmpty() ? null : children.get(0);
    }

    private static List<Element> children(Element parent, String name) {
        List<Element> found = new ArrayList<>();
        for (Node each = parent == null ? null : parent.getFirstChild(); each != null; each = each.getNextSibling()) {
            if (each instanceof Element element && element.getTagName().equals(name)) {
                found.add(element);
            }
        }
        return found;
    }
}
