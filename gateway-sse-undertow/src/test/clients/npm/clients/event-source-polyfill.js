import polyfill from 'event-source-polyfill';

export async function listen({ url, token, names, hear }) {
  const headers = {};
  const renew = async () => { headers.Authorization = `Bearer ${await token()}`; };
  await renew();
  const events = new polyfill.EventSourcePolyfill(url, { headers });
  for (const name of names) {
    events.addEventListener(name, (event) => hear(name, event.data));
  }
  for (const name of ['token-expiring', 'token-expired', 'error']) {
    events.addEventListener(name, renew);
  }
}
