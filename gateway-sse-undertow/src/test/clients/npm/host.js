// Runs clients, each in a thread of its own, and prints their books: node host.js TOKENS NAMES ID=URL…
import { Worker } from 'node:worker_threads';

const [tokens, names, ...clients] = process.argv.slice(2);
for (const client of clients) {
  const [, id, url] = /^([^=]+)=(.*)$/.exec(client);
  const worker = new Worker(new URL('worker.js', import.meta.url), { workerData: { id, url, tokens, names: names.split(',') } });
  worker.on('message', (line) => console.log(line));
  worker.on('error', (fault) => console.error(id, fault));
}
