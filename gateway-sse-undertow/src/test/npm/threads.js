import { Worker } from 'node:worker_threads';

/** Tabs in threads, and the locks of their origin. */
export class Threads {
  #module;
  #locks = new Map();
  tabs = [];

  /** @param module the file of the module that the tabs use */
  constructor(module) {
    this.#module = module.href;
  }

  /** Opens a tab, which keeps its books as its own thread tells them. */
  open(url, options) {
    const worker = new Worker(new URL('tab.js', import.meta.url), { workerData: { module: this.#module, url, options } });
    const tab = { worker, events: [], opened: 0, gone: false };
    worker.on('message', (message) => {
      if (message.event) {
        tab.events.push(message.event);
      } else if (message.lock) {
        this.#ask(message.lock, { tab, id: message.id }, message.steal);
      } else if (message.release ?? message.forget) {
        this.#drop(message.release ?? message.forget, (each) => each.tab === tab && each.id === message.id);
      } else {
        Object.assign(tab, message);
      }
    });
    worker.on('exit', () => {
      tab.gone = true;
      [...this.#locks.keys()].forEach((name) => this.#drop(name, (each) => each.tab === tab));
    });
    worker.on('error', (fault) => { tab.fault = fault; });
    this.tabs.push(tab);
    return tab;
  }

  /** The tab that holds a lock. */
  leader() {
    return [...this.#locks.values()].find((queue) => queue.length > 0)?.[0].tab;
  }

  /** Ends a tab by its own code. */
  leave(tab) {
    tab.worker.postMessage({});
  }

  /** Stops all of a tab until the function that it returns is called. */
  freeze(tab) {
    const frozen = new Int32Array(new SharedArrayBuffer(4));
    tab.worker.postMessage({ frozen });
    return () => {
      Atomics.store(frozen, 0, 1);
      Atomics.notify(frozen, 0);
    };
  }

  async close() {
    await Promise.all(this.tabs.map((each) => each.worker.terminate()));
  }

  #ask(name, request, steal) {
    const queue = this.#locks.get(name) ?? [];
    if (steal) {
      const [held] = queue.splice(0, 1, request);
      held?.tab.worker.postMessage({ stolen: held.id });
    } else {
      queue.push(request);
    }
    this.#locks.set(name, queue);
    if (queue[0] === request) {
      this.#grant(name);
    }
  }

  #drop(name, gone) {
    const queue = this.#locks.get(name) ?? [];
    const left = queue.filter((each) => !gone(each));
    this.#locks.set(name, left);
    if (queue[0] !== left[0]) {
      this.#grant(name);
    }
  }

  #grant(name) {
    const first = this.#locks.get(name)[0];
    first?.tab.worker.postMessage({ granted: first.id });
  }
}
