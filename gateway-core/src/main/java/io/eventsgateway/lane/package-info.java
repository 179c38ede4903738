/**
 * How a loss in the store is noticed, and where reading begins again: rules only. Start at {@link io.eventsgateway.lane.LaneReader} for the
 * reader's side and at {@link io.eventsgateway.lane.LaneOffsets} for the store's.
 *
 * <p>A store's destinations are divided among tags, each of which is lost or kept as a whole. Beside the data of a tag the store keeps how
 * far each {@link io.eventsgateway.lane.Lane} is complete there. All offsets are those of the next record: {@code n} means everything below
 * {@code n}, 0 means nothing. The one invariant:
 *
 * <blockquote>Every entry of a lane that is under a tag and below the lane's complete offset there was appended in this history of the
 * store.</blockquote>
 *
 * <p>A call that appends carries a {@link io.eventsgateway.lane.Claim} for each of its lanes and tags. A store that is complete up to less
 * than is claimed appends nothing and answers what it has. So the complete offset never passes a loss, whoever calls, however late or often.
 */
package io.eventsgateway.lane;
