import { EventSource } from 'extended-eventsource';

export function listen({ url, token, names, hear }) {
  const events = new EventSource(url, {
    disableLogger: true,
    fetch: async (request) => {
      request.headers.set('Authorization', `Bearer ${await token()}`);
      return fetch(request);
    },
  });
  for (const name of names) {
    events.addEventListener(name, (event) => event.data && hear(name, event.data));
  }
}
