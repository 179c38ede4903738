import { EventStream } from 'events-gateway';

export function listen({ url, token, hear }) {
  new EventStream(url, { token, onevent: ({ type, data }) => hear(type, data) });
}
