import { EventSource } from 'eventsource-3';

export function listen({ url, token, names, hear }) {
  const events = new EventSource(url, {
    fetch: async (input, init) => fetch(input, { ...init, headers: { ...init.headers, Authorization: `Bearer ${await token()}` } }),
  });
  for (const name of names) {
    events.addEventListener(name, (event) => hear(name, event.data));
  }
}
