import { fetchEventSource } from '@microsoft/fetch-event-source';

export async function listen({ url, token, hear }) {
  let over = false;
  await fetchEventSource(url, {
    openWhenHidden: true,
    fetch: async (input, init) => fetch(input, { ...init, headers: { ...init.headers, Authorization: `Bearer ${await token()}` } }),
    async onopen({ status }) {
      over = status === 204;
      if (status !== 200) {
        throw new Error(`status ${status}`);
      }
    },
    onmessage: ({ event, data }) => data && hear(event || 'message', data),
    onclose() {
      throw new Error('ended, come back');
    },
    onerror(error) {
      if (over) {
        throw error;
      }
    },
  }).catch(() => {});
}
