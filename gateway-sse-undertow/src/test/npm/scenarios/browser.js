import assert from 'node:assert/strict';
import puppeteer from 'puppeteer-core';
import { below, signalAll } from './processes.js';

const ARGUMENTS = {
  chrome: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync',
    // a process for each tab, which can be killed
    '--renderer-process-limit=50'],
  firefox: [],
};
const PREFERENCES = {
  // a process for each tab, which can be killed
  'dom.ipc.processCount.webIsolated': 50,
  'dom.ipc.processPrelaunch.enabled': false,
  'browser.sessionstore.resume_from_crash': false,
};

/** Tabs in a real browser. */
export class Browser {
  #browser;
  #pages = [];
  #front;

  /** @param kind `chrome` or `firefox` */
  static async start(kind, executablePath, front) {
    const browser = new Browser();
    browser.#front = front;
    browser.#browser = await puppeteer.launch({
      browser: kind,
      executablePath,
      args: ARGUMENTS[kind],
      extraPrefsFirefox: PREFERENCES,
      timeout: 120_000,
      protocolTimeout: 120_000,
    });
    browser.version = await browser.#browser.version();
    return browser;
  }

  /** Opens a tab that reads a stream; with `inWorker` a worker of it does. */
  async open(path, options, { inWorker = false, nativeFetch = false } = {}) {
    const page = await this.#browser.newPage();
    const tab = new Tab(page, `tab ${this.#pages.push(page)}`, inWorker);
    await page.goto(this.#front.url + '/tab');
    await tab.listen(path, options, nativeFetch);
    return tab;
  }

  /** The tab that has the connection. */
  async leader(tabs) {
    const { held } = await tabs[0].page.evaluate(() => navigator.locks.query());
    const leading = held.find(({ name }) => name.startsWith('events-gateway '));
    return tabs.find((tab) => held.some(({ name, clientId }) => name === tab.name && clientId === leading?.clientId));
  }

  /** Ends the process of a tab. */
  async kill(tab) {
    process.kill(await this.#processOf(tab), 'SIGKILL');
  }

  /** Stops the process of a tab until the function that this returns is called. */
  async freeze(tab) {
    const pid = await this.#processOf(tab);
    process.kill(pid, 'SIGSTOP');
    return () => process.kill(pid, 'SIGCONT');
  }

  /** Stops all of the browser until the function that this returns is called. */
  sleep() {
    signalAll(this.#root, 'SIGSTOP');
    return () => signalAll(this.#root, 'SIGCONT');
  }

  /** Has pages know whether there is a network. */
  async online(tabs, online) {
    await Promise.all(tabs.map(async ({ page }) => {
      await page.setOfflineMode(!online);
      assert.equal(await page.evaluate(() => navigator.onLine), online);
    }));
  }

  async closeTabs() {
    await Promise.all(this.#pages.splice(0).map((page) => page.close().catch(() => {})));
  }

  async close() {
    await this.#browser?.close();
  }

  get #root() {
    return this.#browser.process().pid;
  }

  /** Finds it by what it uses of the processor, since no browser tells it. */
  async #processOf(tab) {
    const before = new Map(below(this.#root).map(({ pid, ticks }) => [pid, ticks]));
    await tab.page.evaluate(() => {
      for (const end = performance.now() + 500; performance.now() < end;);
    });
    const [busiest] = below(this.#root)
      .map(({ pid, ticks }) => ({ pid, used: ticks - (before.get(pid) ?? 0) }))
      .sort((one, other) => other.used - one.used);
    return busiest.pid;
  }
}

class Tab {
  #inWorker;

  constructor(page, name, inWorker) {
    this.page = page;
    this.name = name;
    this.#inWorker = inWorker;
  }

  async listen(path, options, nativeFetch) {
    await this.page.evaluate(async (name, path, options, inWorker, nativeFetch) => {
      // the lock tells which tab is which in what LockManager.query gives
      const named = new Promise((held) => {
        navigator.locks?.request(name, () => {
          held();
          return new Promise(() => {});
        });
      });
      await named;
      if (inWorker) {
        window.reader = new Worker('/worker.js', { type: 'module' });
        window.reader.postMessage({ url: path, options });
      } else {
        const { EventStream } = await import('/api/events/client.js');
        const { listen } = await import('/listener.js');
        if (nativeFetch) {
          const { fetch } = window;
          delete window.fetch;
          await import('/native-fetch.js');
          options = { ...options, ...(nativeFetch === 'replaced' && { fetch: fetch.bind(window) }) };
        }
        window.books = listen(EventStream, path, options);
      }
    }, this.name, path, options, this.#inWorker, nativeFetch);
  }

  /** What it was given until now. */
  books() {
    return this.page.evaluate(() => new Promise((told) => {
      if (window.reader) {
        window.reader.onmessage = ({ data }) => told(data);
        window.reader.postMessage({});
      } else {
        const { close, ...books } = window.books;
        told(books);
      }
    }));
  }

  /** Closes it, as its user does. */
  close() {
    return this.page.close();
  }
}
