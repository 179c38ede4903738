// The frames of a stream as they came, beside the client that reads them.

/** A `fetch` whose answers can be watched: every byte passes here before the client gets it. */
export class RawFrames {
  /** When the last byte came; 0 for never. */
  heardAt = 0;
  #frames = [];

  fetch = async (url, init) => {
    this.#frames = [];
    const frames = this.#frames;
    const response = await fetch(url, init);
    this.heardAt = Date.now();
    if (response.status !== 200 || !response.body) {
      return response;
    }
    const read = this.#reader(frames);
    const watched = new TransformStream({
      transform: (bytes, out) => {
        this.heardAt = Date.now();
        read(bytes);
        out.enqueue(bytes);
      },
    });
    return new Response(response.body.pipeThrough(watched), { status: response.status, headers: response.headers });
  };

  /** The frame of the next event; events are asked for in the order they came. */
  take() {
    return this.#frames.shift() ?? '';
  }

  /** Ends lines as the client does, so that both see the same events. */
  #reader(frames) {
    const decoder = new TextDecoder();
    let rest = '', afterCr = false, lines = [];
    const take = (line) => {
      if (line) {
        // comments have no blank line behind them, so that those of a quiet stream would gather
        if (line[0] !== ':') lines.push(line);
        return;
      }
      if (lines.some((each) => /^data(:|$)/.test(each))) {
        frames.push(lines.join('\n'));
      }
      lines = [];
    };
    return (bytes) => {
      let text = decoder.decode(bytes, { stream: true });
      if (!text) return;
      if (afterCr && text[0] === '\n') text = text.slice(1);
      afterCr = text.endsWith('\r');
      const parts = text.split(/\r\n?|\n/);
      parts[0] = rest + parts[0];
      rest = parts.pop();
      parts.forEach(take);
    };
  }
}
