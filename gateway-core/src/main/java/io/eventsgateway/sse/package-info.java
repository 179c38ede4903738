/** The wire format of Server-Sent Events. Start at {@link io.eventsgateway.sse.SseFrame}. */
package io.eventsgateway.sse;
