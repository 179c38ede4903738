// A tab in a thread of its own, which can be killed and frozen. Its locks are kept by the thread that started it.
import { parentPort, workerData } from 'node:worker_threads';
import { listen } from './listener.js';

const { EventStream } = await import(workerData.module);
const requests = new Map();
let count = 0;
const locks = {
  request(name, { signal, steal }, callback) {
    const id = ++count;
    return new Promise((resolve, reject) => {
      requests.set(id, {
        async grant() {
          resolve(await callback({}));
          parentPort.postMessage({ release: name, id });
        },
        reject,
      });
      signal?.addEventListener('abort', () => {
        parentPort.postMessage({ forget: name, id });
        reject(signal.reason);
      });
      parentPort.postMessage({ lock: name, id, steal });
    });
  },
};
Object.defineProperty(globalThis, 'navigator', { value: { locks }, configurable: true });
Math.random = () => 0;

const books = listen(EventStream, workerData.url, workerData.options, (change) => parentPort.postMessage(change));
parentPort.on('message', ({ granted, stolen, frozen }) => {
  if (granted) {
    requests.get(granted).grant();
  } else if (stolen) {
    requests.get(stolen).reject(new DOMException('stolen', 'AbortError'));
  } else if (frozen) {
    Atomics.wait(frozen, 0, 0);
  } else {
    books.close();
    parentPort.postMessage({ closed: true });
  }
});
