// The process of the tabs on Node.
import { Threads } from '../threads.js';

const threads = new Threads(new URL('../../../main/npm/events-gateway.min.js', import.meta.url));
const thaws = new Map();
const calls = {
  open: (url, options) => threads.tabs.indexOf(threads.open(url, options)),
  books: (tab) => {
    const { worker, fault, ...books } = threads.tabs[tab];
    return { ...books, fault: fault && String(fault) };
  },
  leader: () => threads.tabs.indexOf(threads.leader()),
  leave: (tab) => threads.leave(threads.tabs[tab]),
  kill: async (tab) => { await threads.tabs[tab].worker.terminate(); },
  freeze: (tab) => { thaws.set(tab, threads.freeze(threads.tabs[tab])); },
  thaw: (tab) => thaws.get(tab)(),
  closeTabs: () => threads.close(),
};

process.on('message', async ({ id, name, values }) => process.send({ id, answer: await calls[name](...values) }));
