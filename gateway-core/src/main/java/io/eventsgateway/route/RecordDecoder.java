package io.eventsgateway.route;

import io.eventsgateway.Event;
import io.eventsgateway.Payload;
import io.eventsgateway.route.Command.Target;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
        Map<String, Json> members = value.isObject() ? value.members() : Map.of();
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
        String header = in.header(EVENT_HEADER);
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
        Set<String> subjects = texts(members, "subjects");
        if (in.feed().kind() == Event.Kind.CONNECT) {
            return Event.connect(subjects, texts(members, "roles"));
        }
        String reason = text(members, "reason");
        return Event.disconnect(subjects, Payload.of(Json.object("reason", reason)));
    }

    /** The destination that an envelope names; null when the value is no envelope. */
    private static @Nullable Target target(InboundRecord in, Map<String, Json> members)
            throws MalformedRecordException {
        Json destination = members.get("destination");
        if (destination != null && destination.isObject()) {
            Map<String, Json> parts = destination.members();
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
        if (key == null || key.length == 0) {
            return null;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(key))
                    .toString();
        } catch (CharacterCodingException notText) {
            throw new MalformedRecordException("key is not UTF-8");
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
        return member.string();
    }

    private static Set<String> texts(Map<String, Json> members, String name) throws MalformedRecordException {
        Json member = members.get(name);
        if (member == null || member.isNull()) {
            return Set.of();
        }
        if (!member.isArray()) {
            throw new MalformedRecordException(name + " must be an array of strings");
        }
        Set<String> texts = new LinkedHashSet<>();
        for (Json element : member.elements()) {
            if (!element.isString()) {
                throw new MalformedRecordException(name + " must be an array of strings");
            }
            texts.add(element.string());
        }
        return texts;
    }
}
