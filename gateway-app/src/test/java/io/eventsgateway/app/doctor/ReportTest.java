package io.eventsgateway.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {

    private static final List<Finding> FOUND = List.of(
            Finding.fail("redis connection", "refused by redis://u:p@host", "correct it"),
            Finding.skip("redis push", "not examined"),
            Finding.skip("redis clock", "not examined"),
            Finding.ok("heap", "512 MB"));

    @Test
    void printsALineAFindingAndWhatToDo() {
        assertThat(Report.text(FOUND))
                .containsExactly(
                        "fail  redis connection: refused by redis://*****@host\n      → correct it",
                        "skip  redis push, redis clock: not examined",
                        "ok    heap: 512 MB");
        assertThat(Report.sum(FOUND)).isEqualTo("1 ok, 2 skip, 0 warn, 1 fail");
    }

    @Test
    void printsJsonForPrograms() throws Exception {
        JsonNode json = new ObjectMapper().readTree(Report.json(FOUND));

        assertThat(json.at("/verdict").asText()).isEqualTo("fail");
        assertThat(json.at("/findings")).hasSize(4);
        assertThat(json.at("/findings/0/advice").asText()).isEqualTo("correct it");
    }
}
