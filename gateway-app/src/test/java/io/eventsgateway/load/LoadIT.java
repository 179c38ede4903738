package io.eventsgateway.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@link Load}. */
class LoadIT {

    @TempDir
    Path folder;

    @Test
    void reportsThatNothingWasLost() {
        Load load = new Load(Options.least(folder));

        String report = load.run().toString();

        Map<String, Map<String, Map<String, List<Double>>>> tables =
                load.figures().tables();
        assertThat(tables.keySet()).extracting(name -> name.substring(0, 1)).contains("A", "B", "C", "D");
        for (String fault : Measured.FAULTS) {
            assertThat(tables.values())
                    .flatExtracting(Map::values)
                    .filteredOn(row -> row.containsKey(fault))
                    .hasSize(4)
                    .allSatisfy(row -> assertThat(row.get(fault)).containsOnly(0.0));
        }
        assertThat(folder.resolve("report.md")).hasContent(report);
        assertThat(folder.resolve("latency.svg")).content().contains("<svg", "gateway", "</svg>");
    }
}
