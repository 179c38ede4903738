import { fork } from 'node:child_process';
import { signalAll } from './processes.js';

/** Tabs in threads of another Node, which can be stopped as a whole. */
export class Node {
  #host;
  #front;
  #calls = new Map();
  #count = 0;
  version = `Node ${process.versions.node}`;

  static async start(front) {
    const node = new Node();
    node.#front = front;
    node.#host = fork(new URL('node-host.js', import.meta.url));
    node.#host.on('message', ({ id, answer }) => {
      node.#calls.get(id)(answer);
      node.#calls.delete(id);
    });
    return node;
  }

  async open(path, options) {
    const tab = await this.#call('open', this.#front.url + path, options);
    return {
      tab,
      books: () => this.#call('books', tab),
      close: () => this.#call('leave', tab),
    };
  }

  async leader(tabs) {
    const leader = await this.#call('leader');
    return tabs.find(({ tab }) => tab === leader);
  }

  kill({ tab }) {
    return this.#call('kill', tab);
  }

  async freeze({ tab }) {
    await this.#call('freeze', tab);
    return () => this.#call('thaw', tab);
  }

  sleep() {
    signalAll(this.#host.pid, 'SIGSTOP');
    return () => signalAll(this.#host.pid, 'SIGCONT');
  }

  async online() {}

  async closeTabs() {
    await this.#call('closeTabs');
  }

  async close() {
    this.#host.kill('SIGKILL');
  }

  #call(name, ...values) {
    return new Promise((answered) => {
      const id = ++this.#count;
      this.#calls.set(id, answered);
      this.#host.send({ id, name, values });
    });
  }
}
