package io.eventsgateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Goes through the table of states in a class's Javadoc: rows are states, columns are events, a dash is an event that changes nothing or can't
 * come. The table is read from the source, so it and its test can't differ: a cell that only one of them has is an error, as is a state
 * that a cell doesn't name, or names and is never reached, and a dash where something is done.
 *
 * <p>A class without a table may have it in the Javadoc of its test.
 *
 * @param <S> the states
 * @param <R> what brings a new object to a state and has events happen to it
 */
public final class StateTable<S extends Enum<S>, R extends StateTable.Rig<S>> {

    private static final Pattern TABLE = Pattern.compile("<table>(.*?)</table>", Pattern.DOTALL);
    private static final String NOTHING = "–";

    private final String name;
    private final Class<S> states;
    private final Supplier<R> rigs;
    private final Map<Cell, String> table = new LinkedHashMap<>();
    private final List<Line<S, R>> lines = new ArrayList<>();
    private S row;

    /** An object among stand-ins, used once. */
    public interface Rig<S> {

        /** Brings the object to a state. */
        void bringTo(S state);

        /** The object's state. */
        S state();

        /** Has an event of the table happen; false where it can't, as an answer to what was not asked. */
        boolean have(String event);

        /** What the object did, in order: what it sent, asked and told others. Whoever asks may clear it. */
        List<String> seen();
    }

    private record Cell(String state, String event) {

        @Override
        public String toString() {
            return state + ", " + event;
        }
    }

    private enum Kind {
        DONE,
        IGNORED,
        NEVER
    }

    private record Line<S, R>(S before, String event, Kind kind, Consumer<R> given, S after, List<String> seen) {

        @Override
        public String toString() {
            return kind == Kind.DONE ? after + " " + seen : kind.name();
        }
    }

    /**
     * The table in the Javadoc of a class of the module that runs.
     *
     * @param type the class, or the test that has the table
     * @param rigs makes a new rig for each line
     */
    public StateTable(Class<?> type, Class<S> states, Supplier<R> rigs) {
        this.name = type.getSimpleName().replaceFirst("Test$", "");
        this.states = states;
        this.rigs = rigs;
        this.row = states.getEnumConstants()[0];
        read(source(type));
    }

    /** The next lines are of this state's row. */
    public StateTable<S, R> in(S state) {
        row = state;
        return this;
    }

    /** On an event it goes to a state, or stays there, and that is all that it does, in this order. */
    public StateTable<S, R> on(String event, S after, String... seen) {
        return on(event, rig -> {}, after, seen);
    }

    /** The same in a situation that does not change the state. */
    public StateTable<S, R> on(String event, Consumer<R> given, S after, String... seen) {
        lines.add(new Line<>(row, event, Kind.DONE, given, after, List.of(seen)));
        return this;
    }

    /** Events that come in this state, and nothing is done. */
    public StateTable<S, R> ignores(String... events) {
        return ignores(rig -> {}, events);
    }

    /** The same in a situation that does not change the state. */
    public StateTable<S, R> ignores(Consumer<R> given, String... events) {
        for (String event : events) {
            lines.add(new Line<>(row, event, Kind.IGNORED, given, row, List.of()));
        }
        return this;
    }

    /** Events that can't come in this state. */
    public StateTable<S, R> never(String... events) {
        for (String event : events) {
            lines.add(new Line<>(row, event, Kind.NEVER, rig -> {}, row, List.of()));
        }
        return this;
    }

    /**
     * Goes through all lines, each with a new rig, and prints how many cells they visited.
     *
     * @throws AssertionError naming all that is wrong, a cell that no line visits too
     */
    public void check() {
        List<String> wrong = new ArrayList<>();
        Map<Cell, Set<S>> reached = new LinkedHashMap<>();
        for (Line<S, R> line : lines) {
            Cell cell = new Cell(line.before().name(), line.event());
            if (!table.containsKey(cell)) {
                wrong.add(cell + ": not in the table");
                continue;
            }
            reached.computeIfAbsent(cell, key -> EnumSet.noneOf(states)).add(line.after());
            compareWithTable(cell, line, wrong);
            try {
                visit(cell, line, wrong);
            } catch (RuntimeException | AssertionError fault) {
                wrong.add(cell + ": " + fault);
            }
        }
        table.forEach((cell, text) -> {
            Set<S> there = reached.get(cell);
            if (there == null) {
                wrong.add(cell + ": not visited");
            } else if (!there.containsAll(named(text))) {
                wrong.add(cell + ": reaches " + there + ", the table says \"" + text + "\"");
            }
        });
        for (S state : states.getEnumConstants()) {
            if (table.keySet().stream().noneMatch(cell -> cell.state().equals(state.name()))) {
                wrong.add(state + ": no row");
            }
        }
        String visited = "states: " + name + " " + reached.size() + " of " + table.size() + " cells";
        if (!wrong.isEmpty()) {
            throw new AssertionError(visited + "\n" + String.join("\n", wrong));
        }
        System.out.println(visited);
    }

    /** Whether the test expects what the table says. */
    private void compareWithTable(Cell cell, Line<S, R> line, List<String> wrong) {
        String text = table.get(cell);
        boolean named = line.after() == line.before() || named(text).contains(line.after());
        if (text.equals(NOTHING) == (line.kind() == Kind.DONE) || !named) {
            wrong.add(cell + ": expected " + line + ", the table says \"" + text + "\"");
        }
    }

    /** Whether the object does what the test expects. */
    private void visit(Cell cell, Line<S, R> line, List<String> wrong) {
        R rig = rigs.get();
        rig.bringTo(line.before());
        line.given().accept(rig);
        if (rig.state() != line.before()) {
            wrong.add(cell + ": begins in " + rig.state());
            return;
        }
        rig.seen().clear();

        boolean came = rig.have(line.event());

        if (came == (line.kind() == Kind.NEVER)) {
            wrong.add(cell + (came ? ": came" : ": did not come"));
        }
        if (rig.state() != line.after() || !rig.seen().equals(line.seen())) {
            wrong.add(cell + ": expected " + line.after() + " " + line.seen() + ", was " + rig.state() + " "
                    + rig.seen());
        }
    }

    /** The states that a cell names. */
    private Set<S> named(String text) {
        Set<S> named = EnumSet.noneOf(states);
        for (S state : states.getEnumConstants()) {
            if (Pattern.compile("\\b" + state.name() + "\\b").matcher(text).find()) {
                named.add(state);
            }
        }
        return named;
    }

    private void read(String source) {
        Matcher found = TABLE.matcher(source);
        if (!found.find()) {
            throw new AssertionError(name + " has no table in its Javadoc");
        }
        String text = found.group(1).replaceAll("\\R\\s*\\* ?", " ").replaceAll("\\{@\\w+ ([^}]*)}", "$1");
        List<String> rows = List.of(text.split("<tr>", -1));
        List<String> events = cells(rows.get(1), "<th>");
        for (String next : rows.subList(2, rows.size())) {
            List<String> cells = cells(next, "<td>");
            if (cells.size() != events.size()) {
                throw new AssertionError(name + " has a row of " + cells.size() + " cells: " + next);
            }
            for (int i = 1; i < events.size(); i++) {
                table.put(new Cell(cells.get(0), events.get(i)), cells.get(i));
            }
        }
    }

    private static List<String> cells(String row, String mark) {
        List<String> cells = List.of(row.split(mark, -1));
        return cells.subList(1, cells.size()).stream()
                .map(cell -> cell.strip().replaceAll("\\s+", " "))
                .collect(Collectors.toList());
    }

    private static String source(Class<?> type) {
        String file = type.getName().replaceFirst("\\$.*", "").replace('.', '/') + ".java";
        Path main = Path.of("src/main/java", file);
        try {
            return Files.readString(Files.exists(main) ? main : Path.of("src/test/java", file));
        } catch (IOException unread) {
            throw new UncheckedIOException(unread);
        }
    }
}
