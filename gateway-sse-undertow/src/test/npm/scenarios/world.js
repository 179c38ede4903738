import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for a condition; whether it came. */
export async function comes(condition, millis = 60_000) {
  for (const end = Date.now() + millis; !(await condition()); await sleep(100)) {
    if (Date.now() > end) {
      return false;
    }
  }
  return true;
}

/** What one scenario has: the destinations of its own, what was appended to them, and the tabs that read them. */
export class World {
  #gateway;
  #runtime;
  #destinations;
  #appended = new Map();
  #producing;
  front;
  tabs = [];

  constructor({ gateway, front, runtime }, name) {
    this.#gateway = gateway;
    this.#runtime = runtime;
    this.front = front;
    this.#destinations = [1, 2, 3].map((n) => `view/${name}-${n}`);
    this.#destinations.forEach((each) => this.#appended.set(each, 0));
  }

  /** Opens tabs that share one connection, and waits until all hear it. */
  async open(count, options = {}, how) {
    const opened = [];
    for (let i = 0; i < count; i++) {
      const all = { share: 'ann', from: 'earliest', silence: 3000, destinations: this.#destinations, ...options };
      opened.push(await this.#runtime.open('/api/events', all, how));
    }
    this.tabs.push(...opened);
    await this.until('all tabs are connected', async () => (await this.books(opened)).every((each) => each.opened > 0));
    return opened;
  }

  async books(tabs = this.tabs) {
    return Promise.all(tabs.map((tab) => tab.books()));
  }

  /** Appends events, one after the other. */
  async append(count) {
    for (let i = 0; i < count; i++) {
      const destination = this.#destinations[i % this.#destinations.length];
      const number = this.#appended.get(destination) + 1;
      await this.#gateway.message(destination, number);
      this.#appended.set(destination, number);
    }
  }

  /** Goes on appending while something happens. */
  async whileAppending(happens) {
    let running = true;
    const appending = (async () => {
      while (running) {
        await this.append(3);
        await sleep(30);
      }
    })();
    try {
      return await happens();
    } finally {
      running = false;
      await appending;
    }
  }

  /** Ends all destinations. */
  async disconnect() {
    for (const each of this.#destinations) {
      await this.#gateway.disconnect(each, 'done');
    }
  }

  /** Waits until a tab has all that was appended until now. */
  async haveAll(tabs = this.tabs) {
    const total = this.#total();
    await comes(async () => (await this.books(tabs)).every((each) => each.events.length >= total));
  }

  async until(what, condition) {
    if (!await comes(condition)) {
      throw new Error(`It never came that ${what}.`);
    }
  }

  /** How many events tabs lost and got twice; of one that is gone, up to the last that it had. */
  async judge(tabs = this.tabs, { gone = false } = {}) {
    let lost = 0;
    let twice = 0;
    let wrong = 0;
    for (const { events } of await this.books(tabs)) {
      for (const [destination, count] of this.#appended) {
        const got = events.filter(([of]) => of === destination).map(([, number]) => number);
        const different = new Set(got);
        lost += (gone ? Math.max(0, ...got) : count) - different.size;
        twice += got.length - different.size;
        wrong += got.filter((number, i) => number < got[i - 1]).length;
      }
    }
    return { lost, twice, wrong };
  }

  #total() {
    return [...this.#appended.values()].reduce((sum, each) => sum + each, 0);
  }
}
