package io.eventsgateway.app.doctor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Findings as they are printed. Any thread may call. */
public final class Report {

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private Report() {}

    /** Findings for people; those that were skipped for one reason, one after the other, are one. */
    public static List<String> text(List<Finding> findings) {
        List<Finding> merged = new ArrayList<>();
        for (Finding each : findings) {
            Finding last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
            if (last != null && each.verdict() == Verdict.SKIP && last.seen().equals(each.seen())) {
                merged.set(merged.size() - 1, Finding.skip(last.check() + ", " + each.check(), each.seen()));
            } else {
                merged.add(each);
            }
        }
        return merged.stream().map(Report::text).toList();
    }

    /** A line, and one for what to do where something is to be done. */
    private static String text(Finding finding) {
        String line =
                String.format(Locale.ROOT, "%-5s %s: %s", word(finding.verdict()), finding.check(), finding.seen());
        return finding.advice().isEmpty() ? line : line + "\n      → " + finding.advice();
    }

    /** How many of each verdict there are, for people. */
    public static String sum(List<Finding> findings) {
        StringBuilder sum = new StringBuilder();
        for (Verdict verdict : Verdict.values()) {
            long count =
                    findings.stream().filter(each -> each.verdict() == verdict).count();
            sum.append(sum.isEmpty() ? "" : ", ").append(count).append(' ').append(word(verdict));
        }
        return sum.toString();
    }

    /** All findings for programs: an object with {@code verdict}, the worst, and {@code findings}. */
    public static String json(List<Finding> findings) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("verdict", word(worst(findings)));
        all.put("findings", findings.stream().map(Report::members).toList());
        try {
            return JSON.writeValueAsString(all);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Map<String, String> members(Finding finding) {
        Map<String, String> members = new LinkedHashMap<>();
        members.put("check", finding.check());
        members.put("verdict", word(finding.verdict()));
        members.put("seen", finding.seen());
        members.put("advice", finding.advice());
        return members;
    }

    /** The worst verdict. */
    public static Verdict worst(List<Finding> findings) {
        return findings.stream().map(Finding::verdict).max(Verdict::compareTo).orElse(Verdict.OK);
    }

    private static String word(Verdict verdict) {
        return verdict.name().toLowerCase(Locale.ROOT);
    }
}
