/** What is logged of a service that the gateway needs and that does not work. */
@NullMarked
package io.eventsgateway.outage;

import org.jspecify.annotations.NullMarked;
