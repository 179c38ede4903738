/** The store's port and its promise, and a log in memory. Start at {@link io.eventsgateway.log.EventLog}. */
package io.eventsgateway.log;
