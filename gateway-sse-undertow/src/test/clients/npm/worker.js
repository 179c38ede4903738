// One client.
import { parentPort, workerData } from 'node:worker_threads';

const { id, url, tokens, names } = workerData;
const name = id.slice(id.indexOf('/') + 1);
const token = async () => (await fetch(tokens + id)).text();
const hear = (event, data) => parentPort.postMessage(`${id} ${event} ${Buffer.from(data ?? '').toString('base64')}`);

// written for pages
if (name === 'fetch-event-source') {
  globalThis.window = globalThis;
  globalThis.document = Object.assign(new EventTarget(), { hidden: false });
}
const { listen } = await import(`./clients/${name}.js`);
await listen({ url, token, names, hear });
