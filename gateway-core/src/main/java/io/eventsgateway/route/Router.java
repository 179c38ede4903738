package io.eventsgateway.route;

import io.eventsgateway.Destination;
import io.eventsgateway.route.Command.Target;
import java.util.Set;

/** Says which destinations get a command's event. Pure: the same command gives the same destinations. */
@FunctionalInterface
public interface Router {

    /** The destination that the command names; every user where it names a user without an id. */
    Router STANDARD = command -> {
        Target target = command.target();
        String id = target.id();
        if (id == null && target.type().equals(Destination.USER)) {
            id = Destination.EVERYONE;
        }
        if (id == null) {
            throw new MalformedRecordException("no destination: neither the value nor the key has an id");
        }
        try {
            return Set.of(new Destination(command.organisation(), target.type(), id));
        } catch (IllegalArgumentException invalid) {
            throw new MalformedRecordException(String.valueOf(invalid.getMessage()));
        }
    };

    /**
     * The destinations, at least one.
     *
     * @throws MalformedRecordException if there is none
     */
    Set<Destination> route(Command command) throws MalformedRecordException;
}
