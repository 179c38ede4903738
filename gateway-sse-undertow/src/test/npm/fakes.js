import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for a condition. */
export async function until(condition) {
  for (const end = Date.now() + 60_000; !condition(); await sleep(5)) {
    if (Date.now() > end) {
      throw new Error(`never came: ${condition}`);
    }
  }
}

/**
 * A server that answers the n-th request (from 0) by the n-th of its answers, further ones by the last. It keeps what was asked, each with
 * when its connection was closed.
 */
export async function serve(...answers) {
  const asked = [];
  const server = createServer((request, response) => {
    const seen = { url: request.url, headers: request.headers, at: Date.now(), gone: false };
    response.on('close', () => { seen.gone = true; });
    asked.push(seen);
    answers[Math.min(asked.length, answers.length) - 1](response, request);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    asked,
    url: `http://127.0.0.1:${server.address().port}/api/events/view/1`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** An answer that is a stream; it ends after the last of the texts unless it is to stay open. */
export const stream = (text, { open = false } = {}) => (response) => {
  response.writeHead(200, { 'Content-Type': 'text/event-stream;charset=utf-8' });
  response.write('retry: 1\n: events follow\n' + text);
  if (!open) {
    response.end();
  }
};

/** An answer that is a stream and stays open. */
export const open = (text = '') => stream(text, { open: true });

/** An answer that is an error by the gateway's own word. */
export const problem = (status, detail = 'Change this.') => (response) => {
  response.writeHead(status, { 'Content-Type': 'application/problem+json' });
  response.end(JSON.stringify({ type: 'about:blank', status, detail }));
};

/** An answer that is not the gateway's. */
export const plain = (status, headers = {}) => (response) => {
  response.writeHead(status, { 'Content-Type': 'text/html', ...headers });
  response.end('<h1>a proxy</h1>');
};

/** Web Locks for one thread: as many exclusive locks as there are names, in the order that they were asked for, but for those that steal. */
export class Locks {
  #waiting = new Map();

  request(name, { signal, steal }, callback) {
    return new Promise((resolve, reject) => {
      const entry = { callback, resolve, reject };
      const queue = this.#waiting.get(name) ?? [];
      this.#waiting.set(name, queue);
      signal?.addEventListener('abort', () => {
        if (queue.indexOf(entry) > 0) {
          queue.splice(queue.indexOf(entry), 1);
          reject(signal.reason);
        }
      });
      if (steal) {
        queue.splice(0, 1, entry)[0]?.reject(new DOMException('stolen', 'AbortError'));
      } else {
        queue.push(entry);
      }
      if (queue[0] === entry) {
        this.#grant(queue);
      }
    });
  }

  #grant(queue) {
    const [entry] = queue;
    setImmediate(async () => {
      try {
        entry.resolve(await entry.callback({}));
      } catch (fault) {
        entry.reject(fault);
      }
      if (queue[0] === entry) {
        queue.shift();
        if (queue.length > 0) {
          this.#grant(queue);
        }
      }
    });
  }
}
