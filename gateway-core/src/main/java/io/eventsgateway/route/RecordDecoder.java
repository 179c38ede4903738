package io.eventsgateway.route;

import io.eventsgateway.Event;
import io.eventsgateway.Payload;
import io.eventsgateway.route.Command.Target;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes a command of a record. Pure: the same record gives the same command. The value is an envelope when it is an object that
 * names a destination; else all of it is the event's data and the key is the destination's id. Data is cut out byte for byte.
 */
public final class RecordDecoder {

    /** The header that names the event when the value is no envelope. */
    public static final String EVENT_HEADER = "Fx-Event";

    private static final Map<String, String> BARE_IDS = Map.of(
            "processInstanceUuid", "process-instance", "processUuid", "process", "viewId", "view", "userId", "user");
    private static final List<String> BARE_ID_NAMES = List.of("processInstanceUuid", "processUuid", "viewId", "userId");
    private static final List<String> EVENT_NAMES = List.of("event", "messageType", "type");
    private static final List<String> DATA_NAMES = List.of("data", "message", "payload", "body");

    private static final Set<String> DESTINATION_NAMES = Set.of("type", "id");
    private static final Set<String> OTHER_NAMES = Set.of("destination", "eventId", "subjects", "roles", "reason");
    private static final Set<String> NAMES = Stream.of(BARE_ID_NAMES, EVENT_NAMES, DATA_NAMES, OTHER_NAMES)
            .flatMap(Collection::stream)
            .collect(Collectors.toUnmodifiableSet());

    /** Subjects and roles of one record: how many, and how many bytes in UTF-8. */
    private static final int MAX_NAMES = 1000;

    private static final int MAX_NAME_BYTES = 64 * 1024;

    /** Bytes of JSON that surely have more text than any id or name may have. */
    private static final int MAX_TEXT = 2048;

    /** A byte of JSON is at least a sixth of a byte of text, where all of it is escaped. */
    private static final int ESCAPED = 6;

    private final Organisations organisations;
    private final int maxBytes;

    /**
     * A decoder.
     *
     * @param organisations whose records are that name no organisation
     * @param maxBytes how large a value may be
     */
    public RecordDecoder(Organisations organisations, int maxBytes) {
        this.organisations = organisations;
        this.maxBytes = maxBytes;
    }

    /**
     * Decodes a record.
     *
     * @throws MalformedRecordException if it can't be used, whatever is in it
     */
    public Command decode(InboundRecord in) throws MalformedRecordException {
        byte[] bytes = in.value();
        if (bytes == null || bytes.length == 0) {
            throw new MalformedRecordException("no value");
        }
        if (bytes.length > maxBytes) {
            throw new MalformedRecordException("value of " + bytes.length + " bytes is larger than " + maxBytes);
        }
        String organisation = organisations.of(in.header(Organisations.HEADER));
        Json value = Json.parse(bytes);
        Map<String, Json> members = value.isObject() ? value.members(NAMES::contains) : Map.of();
        Target named = target(in, members);
        try {
            if (named == null) {
                return plain(in, organisation, bytes, value, members);
            }
            Target target = named.id() == null ? new Target(named.type(), key(in)) : named;
            String eventId = text(members, "eventId");
            return new Command(organisation, target, event(in, bytes, value, members), eventId, in.source());
        } catch (IllegalArgumentException invalid) {
            throw new MalformedRecordException(String.valueOf(invalid.getMessage()));
        }
    }

    private static Command plain(
            InboundRecord in, String organisation, byte[] bytes, Json value, Map<String, Json> members)
            throws MalformedRecordException {
        String header = header(in);
        String name = header == null || header.isEmpty() ? Event.DEFAULT_NAME : header;
        Event event = in.feed().kind() == Event.Kind.MESSAGE
                ? Event.message(name, Payload.of(bytes, value.from(), value.to()))
                : control(in, members);
        return new Command(organisation, new Target(type(in), key(in)), event, null, in.source());
    }

    private static Event event(InboundRecord in, byte[] bytes, Json value, Map<String, Json> members)
            throws MalformedRecordException {
        if (in.feed().kind() != Event.Kind.MESSAGE) {
            return control(in, members);
        }
        String name = null;
        for (String alias : EVENT_NAMES) {
            name = name == null ? text(members, alias) : name;
        }
        Json data = value;
        for (String alias : DATA_NAMES) {
            if (members.containsKey(alias)) {
                data = members.get(alias);
                break;
            }
        }
        return Event.message(
                name == null || name.isEmpty() ? Event.DEFAULT_NAME : name, Payload.of(bytes, data.from(), data.to()));
    }

    private static Event control(InboundRecord in, Map<String, Json> members) throws MalformedRecordException {
        List<Json> subjects = strings(members, "subjects");
        List<Json> roles = in.feed().kind() == Event.Kind.CONNECT ? strings(members, "roles") : List.of();
        requireBounds(subjects, roles);
        if (in.feed().kind() == Event.Kind.CONNECT) {
            return Event.connect(texts(subjects), texts(roles));
        }
        Json reason = members.get("reason");
        if (reason != null && !reason.isNull() && !reason.isString()) {
            throw new MalformedRecordException("reason must be a string");
        }
        Json given = reason == null || reason.isNull() ? null : reason;
        return Event.disconnect(texts(subjects), Payload.of(Json.object("reason", given)));
    }

    /** The destination that an envelope names; null when the value is no envelope. */
    private static @Nullable Target target(InboundRecord in, Map<String, Json> members)
            throws MalformedRecordException {
        Json destination = members.get("destination");
        if (destination != null && destination.isObject()) {
            Map<String, Json> parts = destination.members(DESTINATION_NAMES::contains);
            String type = text(parts, "type");
            return new Target(type == null ? type(in) : type, text(parts, "id"));
        }
        String path = text(members, "destination");
        if (path != null) {
            int slash = path.indexOf('/');
            if (slash < 0) {
                throw new MalformedRecordException("destination must be an object or a string type/id");
            }
            return new Target(path.substring(0, slash), path.substring(slash + 1));
        }
        for (String name : BARE_ID_NAMES) {
            String id = text(members, name);
            if (id != null) {
                return new Target(BARE_IDS.getOrDefault(name, type(in)), id);
            }
        }
        return null;
    }

    private static String type(InboundRecord in) {
        return in.feed().destinationType(in.source().topic());
    }

    private static @Nullable String key(InboundRecord in) throws MalformedRecordException {
        byte[] key = in.key();
        return key == null || key.length == 0 ? null : utf8(key, "key");
    }

    private static @Nullable String header(InboundRecord in) throws MalformedRecordException {
        byte[] header = in.headerBytes(EVENT_HEADER);
        return header == null ? null : utf8(header, "header " + EVENT_HEADER);
    }

    private static String utf8(byte[] bytes, String what) throws MalformedRecordException {
        if (bytes.length > MAX_TEXT) {
            throw new MalformedRecordException(
                    what + " must be at most 256 characters, has " + bytes.length + " bytes");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException notText) {
            throw new MalformedRecordException(what + " is not UTF-8");
        }
    }

    /** A member's text; null where there is none, or it is null. */
    private static @Nullable String text(Map<String, Json> members, String name) throws MalformedRecordException {
        Json member = members.get(name);
        if (member == null || member.isNull()) {
            return null;
        }
        if (!member.isString()) {
            throw new MalformedRecordException(name + " must be a string");
        }
        if (member.size() > MAX_TEXT) {
            throw new MalformedRecordException(
                    name + " must be at most 256 characters, has " + member.size() + " bytes");
        }
        return member.string();
    }

    /** A member's strings, of too many only some; none where there is none, or it is null. */
    private static List<Json> strings(Map<String, Json> members, String name) throws MalformedRecordException {
        Json member = members.get(name);
        if (member == null || member.isNull()) {
            return List.of();
        }
        if (!member.isArray()) {
            throw new MalformedRecordException(name + " must be an array of strings");
        }
        List<Json> elements = member.elements(MAX_NAMES + 1);
        if (!elements.stream().allMatch(Json::isString)) {
            throw new MalformedRecordException(name + " must be an array of strings");
        }
        return elements;
    }

    /** All names of a destination are read and changed in one step of the store, which does nothing else meanwhile. */
    private static void requireBounds(List<Json> subjects, List<Json> roles) throws MalformedRecordException {
        if (subjects.size() + roles.size() > MAX_NAMES) {
            throw new MalformedRecordException("subjects and roles must be at most " + MAX_NAMES + " together");
        }
        long raw = 0;
        long bytes = 0;
        for (Json name : (Iterable<Json>) Stream.concat(subjects.stream(), roles.stream())::iterator) {
            raw += name.size();
            if (raw <= ESCAPED * (long) MAX_NAME_BYTES) {
                bytes += name.string().getBytes(StandardCharsets.UTF_8).length;
            }
        }
        if (raw > ESCAPED * (long) MAX_NAME_BYTES || bytes > MAX_NAME_BYTES) {
            throw new MalformedRecordException(
                    "subjects and roles must have at most " + MAX_NAME_BYTES + " bytes together");
        }
    }

    private static Set<String> texts(List<Json> strings) {
        return strings.stream().map(Json::string).collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
