import { createEventSource } from 'eventsource-client';

export function listen({ url, token, hear }) {
  createEventSource({
    url,
    fetch: async (input, init) => fetch(input, { ...init, headers: { ...init.headers, Authorization: `Bearer ${await token()}` } }),
    onMessage: ({ event = 'message', data }) => hear(event, data),
  });
}
