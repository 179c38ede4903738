/** From a Kafka record to entries of the log. Start at {@link io.eventsgateway.route.Ingest}. */
package io.eventsgateway.route;
