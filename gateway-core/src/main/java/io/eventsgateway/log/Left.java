package io.eventsgateway.log;

import io.eventsgateway.Source;

/**
 * An entry that was not appended since what has its tag can't be written now. Nothing of it is under way.
 *
 * @param source the record that the entry is of
 * @param tag the tag of its destination
 * @param cause what keeps it from being written, for an operator
 */
public record Left(Source source, int tag, String cause) {}
