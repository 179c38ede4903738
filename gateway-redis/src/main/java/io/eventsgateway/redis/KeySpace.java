package io.eventsgateway.redis;

import io.eventsgateway.Destination;

/**
 * The names that one environment has in Redis, by a prefix of its own and, where servers know no databases, by the number of its database:
 * channels of one database are heard in all of them.
 *
 * <pre>
 * PREFIX:{tag}:KIND:what              a key, in its database
 * PREFIX:DATABASE:{tag}:KIND:what     a channel
 * </pre>
 *
 * <table>
 * <caption>Kinds, and what follows them</caption>
 * <tr><td>{@code m s a x p}<td>a destination's path: see {@link Keys}
 * <tr><td>{@code u}<td>the path, NUL, a producer's event id
 * <tr><td>{@code l}<td>the path, NUL, the partition key and offset of a large event
 * <tr><td>{@code lanes}<td>nothing: how far each lane is complete under the tag
 * <tr><td>{@code write}<td>a writer, which sees whether it can write
 * <tr><td>{@code replicas}<td>nothing: the replicas that live
 * <tr><td>{@code format}<td>nothing: see {@link Format}
 * <tr><td>{@code issuers}<td>a week: see {@link RedisIssuerMemory}
 * <tr><td>{@code c}<td>the channel of a destination: its path
 * <tr><td>{@code probe}<td>the channel on which a writer hears itself: the writer
 * </table>
 *
 * <p>Two things never have one name: prefix, tag and kind have no colon, and a path, {@code organisation/type/id}, has no NUL and its
 * first two parts no slash. What follows the NUL may be anything.
 *
 * @param prefix see {@link RedisOptions#keyPrefix}
 * @param database the number of the database
 */
record KeySpace(String prefix, int database) {

    /** The names of a destination. */
    Keys keys(Destination destination) {
        return new Keys(this, destination.organisation() + "/" + destination.path());
    }

    /** How far each lane is complete under a tag. */
    byte[] lanes(int tag) {
        return key(tag, "lanes", "");
    }

    /** The replicas that live. */
    byte[] replicas(int tag) {
        return key(tag, "replicas", "");
    }

    /** What a writer writes to see whether it can. */
    byte[] write(int tag, String writer) {
        return key(tag, "write", writer);
    }

    /** In which format all this is. */
    byte[] format() {
        return key(0, "format", "");
    }

    /** A channel on which a log hears itself. */
    String probe(int tag, String writer) {
        return channel(tag, "probe", writer);
    }

    byte[] key(int tag, String kind, String what) {
        return Keys.bytes(prefix + ":{" + Keys.tagName(tag) + "}:" + kind + ":" + what);
    }

    String channel(int tag, String kind, String what) {
        return prefix + ":" + database + ":{" + Keys.tagName(tag) + "}:" + kind + ":" + what;
    }
}
