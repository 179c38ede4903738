import { EventSource } from 'eventsource';
import ReconnectingEventSource from 'reconnecting-eventsource';

export function listen({ url, token, names, hear }) {
  const events = new ReconnectingEventSource(url, {
    eventSourceClass: EventSource,
    fetch: async (input, init) => fetch(input, { ...init, headers: { ...init.headers, Authorization: `Bearer ${await token()}` } }),
  });
  for (const name of names) {
    events.addEventListener(name, (event) => hear(name, event.data));
  }
}
