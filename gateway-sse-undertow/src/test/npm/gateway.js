import { createServer } from 'node:http';

/**
 * As much of a gateway as sharing needs: one log for each destination, positions that are the whole stream's, and an order between the
 * destinations that is another one on each connection.
 */
export class Gateway {
  #logs = new Map();
  #streams = new Set();
  #next;
  /** Streams that are open. */
  open = 0;
  /** Requests so far, each with its position. */
  asked = [];
  ended = false;

  constructor(destinations, next) {
    destinations.forEach((each) => this.#logs.set(each, []));
    this.#next = next;
    this.server = createServer((request, response) => this.#answer(request, response));
  }

  async listen() {
    await new Promise((listening) => this.server.listen(0, '127.0.0.1', listening));
    const query = [...this.#logs.keys()].map((each) => 'destination=' + each).join('&');
    this.url = `http://127.0.0.1:${this.server.address().port}/api/events?${query}`;
  }

  append(destination) {
    const log = this.#logs.get(destination);
    log.push(log.length + 1);
    this.#streams.forEach((stream) => this.#pump(stream));
  }

  /** All events as a client should have them. */
  log(destination) {
    return [...this.#logs.get(destination)];
  }

  /** Cuts every connection, whatever is on its way. */
  cut() {
    this.#streams.forEach((stream) => stream.response.destroy());
  }

  /** Nothing more comes, and who comes back is told so. */
  end() {
    this.ended = true;
    this.cut();
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }

  #answer(request, response) {
    const position = request.headers['last-event-id'];
    const fromLatest = !position && request.url.includes('from=latest');
    this.asked.push(position);
    if (this.ended) {
      response.writeHead(204).end();
      return;
    }
    const at = new Map([...this.#logs].map(([name, log], i) =>
      [name, position ? Number(position.split('.')[i]) : fromLatest ? log.length : 0]));
    const stream = { response, at };
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write('retry: 1\n: events follow\n' + (fromLatest ? `id: ${this.#cursor(at)}\n\n` : ''));
    this.#streams.add(stream);
    this.open++;
    // the position is in a heartbeat where no frame has told it
    stream.told = fromLatest && this.#cursor(at);
    const beat = setInterval(() => {
      const cursor = this.#cursor(at);
      response.write((stream.told === cursor ? '' : `id: ${cursor}\n\n`) + ': \n');
      stream.told = cursor;
    }, 300);
    response.on('close', () => {
      clearInterval(beat);
      this.#streams.delete(stream);
      this.open--;
    });
    this.#pump(stream);
  }

  #cursor(at) {
    return [...at.values()].join('.');
  }

  #pump(stream) {
    const { response, at } = stream;
    for (;;) {
      const behind = [...this.#logs].filter(([name, log]) => at.get(name) < log.length);
      if (behind.length === 0) {
        return;
      }
      const [name, log] = behind[this.#next(behind.length)];
      const event = log[at.get(name)];
      at.set(name, at.get(name) + 1);
      stream.told = this.#cursor(at);
      const frame = `data: ${event}\ndestination: ${name}\nid: ${stream.told}\n\n`;
      const cut = this.#next(frame.length);
      response.write(frame.slice(0, cut));
      response.write(frame.slice(cut));
    }
  }
}
