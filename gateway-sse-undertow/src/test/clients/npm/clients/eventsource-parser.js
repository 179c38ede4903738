import { createParser } from 'eventsource-parser';

export async function listen({ url, token, hear }) {
  let last;
  let wait = 3000;
  for (;;) {
    const silence = new AbortController();
    let timer;
    try {
      const position = last ? { 'Last-Event-ID': last } : {};
      const headers = { Accept: 'text/event-stream', Authorization: `Bearer ${await token()}`, ...position };
      const response = await fetch(url, { headers, signal: silence.signal });
      if (response.status === 204) {
        return;
      }
      const parser = createParser({
        onEvent: ({ event = 'message', data, id = last }) => {
          hear(event, data);
          last = id;
        },
        onRetry: (millis) => { wait = millis; },
      });
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let piece = {}; response.ok && !piece.done; piece = await reader.read()) {
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), 45_000);
        parser.feed(piece.value ?? '');
      }
    } catch {
      // cut off: comes back
    }
    clearTimeout(timer);
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}
