/** Settings from environment variables, all problems at once. Start at {@link io.eventsgateway.config.Setting}. */
package io.eventsgateway.config;
