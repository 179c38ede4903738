/** Brings a log's events to the subscribers on this replica. Start at {@link io.eventsgateway.hub.Hub}. */
package io.eventsgateway.hub;
