/**
 * The words of the gateway: destinations, events, their ids and a client's cursor. Start at {@link io.eventsgateway.Destination}.
 */
package io.eventsgateway;
