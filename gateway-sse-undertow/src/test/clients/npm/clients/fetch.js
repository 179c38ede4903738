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
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = '';
      let event = { data: [] };
      for (let piece = {}; response.ok && !piece.done; piece = await reader.read()) {
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), 45_000);
        const lines = (rest + (piece.value ?? '')).split('\n');
        rest = lines.pop();
        for (const line of lines) {
          const [, field, value] = /^([^:]*)(?:: ?(.*))?$/s.exec(line);
          if (line === '') {
            if (event.data.length > 0) {
              hear(event.name || 'message', event.data.join('\n'));
            }
            last = event.id ?? last;               // not before the event is whole
            event = { data: [] };
          } else if (field === 'event') {
            event.name = value;
          } else if (field === 'data') {
            event.data.push(value);
          } else if (field === 'id') {
            event.id = value;
          } else if (field === 'retry') {
            wait = Number(value);
          }
        }
      }
    } catch {
      // cut off: comes back
    }
    clearTimeout(timer);
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}
