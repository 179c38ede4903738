// A tab in a thread of its own, which can be killed. Its locks are kept by the thread that started it.
import { parentPort, workerData } from 'node:worker_threads';
import { EventStream } from '../../main/npm/events-gateway.js';

const granted = new Map();
let count = 0;
const locks = {
  request(name, { signal }, callback) {
    const id = ++count;
    return new Promise((resolve, reject) => {
      granted.set(id, async () => {
        resolve(await callback({}));
        parentPort.postMessage({ release: name, id });
      });
      signal.addEventListener('abort', () => {
        parentPort.postMessage({ forget: name, id });
        reject(signal.reason);
      });
      parentPort.postMessage({ lock: name, id });
    });
  },
};
Object.defineProperty(globalThis, 'navigator', { value: { locks }, configurable: true });
Math.random = () => 0;

const events = new EventStream(workerData.url, {
  ...workerData.options,
  onevent: (event) => parentPort.postMessage({ event: [event.destination, Number(event.data)] }),
  onend: (end) => parentPort.postMessage({ end }),
});
parentPort.on('message', (message) => {
  if (message.granted) {
    granted.get(message.granted)();
  } else {
    events.close();
    parentPort.postMessage({ closed: true });
  }
});
