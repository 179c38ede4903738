export async function listen({ url, token, names, hear }) {
  const renew = async () => { document.cookie = `token=${await token()}; path=/api/events; SameSite=Strict`; };
  await renew();
  const events = new EventSource(url);
  for (const name of names) {
    events.addEventListener(name, (event) => hear(name, event.data));
  }
  for (const name of ['token-expiring', 'token-expired', 'error']) {
    events.addEventListener(name, renew);
  }
}
