import { readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';

const JAVASCRIPT = 'text/javascript;charset=utf-8';
const file = (path) => readFileSync(new URL(path, import.meta.url));
const PAGES = {
  '/tab': ['text/html;charset=utf-8', '<!doctype html><title>tab</title>'],
  '/listener.js': [JAVASCRIPT, file('../listener.js')],
  '/worker.js': [JAVASCRIPT, file('worker.js')],
  // what the fetch of React Native is made from
  '/native-fetch.js': [JAVASCRIPT, file('../node_modules/whatwg-fetch/fetch.js')],
};

/** The proxy between tabs and gateway, which can fail in the ways that networks and proxies do. It serves the pages of the tabs too. */
export class Front {
  #gateway;
  #server = createServer((asked, answer) => this.#answer(asked, answer));
  #sockets = new Set();
  #streams = new Set();
  /** Requests for event streams so far. */
  asked = 0;
  /** Whether it answers 502 in place of the gateway. */
  failing = false;

  constructor(gateway) {
    this.#gateway = gateway;
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  async listen() {
    await new Promise((listening) => this.#server.listen(this.port ?? 0, '127.0.0.1', listening));
    this.port = this.#server.address().port;
    this.url = `http://127.0.0.1:${this.port}`;
  }

  /** Event streams that are open now. */
  get open() {
    return this.#streams.size;
  }

  /** Cuts all connections. */
  cut() {
    this.#sockets.forEach((each) => each.destroy());
  }

  /** Cuts all connections and takes no more. */
  close() {
    this.#server.close();
    this.cut();
  }

  /** Nothing comes any more on the streams that are open, and no end either. */
  forget() {
    this.#streams.forEach((upstream) => upstream.destroy());
    this.#streams.clear();
  }

  #answer(asked, answer) {
    const [type, page] = PAGES[asked.url] ?? [];
    if (page) {
      answer.writeHead(200, { 'Content-Type': type }).end(page);
    } else {
      this.#forward(asked, answer);
    }
  }

  #forward(asked, answer) {
    const isStream = asked.headers.accept === 'text/event-stream';
    this.asked += isStream;
    if (this.failing) {
      answer.writeHead(502, { 'Content-Type': 'text/html' }).end('<h1>Bad Gateway</h1>');
      return;
    }
    const { method, url: path, headers } = asked;
    const upstream = request({ host: '127.0.0.1', port: this.#gateway.port, agent: false, method, path, headers }, (response) => {
      if (isStream && response.statusCode === 200) {
        this.#streams.add(upstream);
      }
      answer.writeHead(response.statusCode, response.headers);
      response.on('data', (bytes) => answer.write(bytes));
      response.on('end', () => answer.end());
    });
    upstream.on('error', () => {});
    upstream.on('close', () => this.#streams.delete(upstream));
    answer.on('close', () => upstream.destroy());
    upstream.end();
  }
}
