/**
 * The wire format of Server-Sent Events. {@link io.eventsgateway.sse.SseFrame} writes it, {@link io.eventsgateway.sse.SseReader} reads it; start
 * there.
 */
package io.eventsgateway.sse;
