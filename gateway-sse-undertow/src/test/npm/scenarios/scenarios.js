import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long nothing comes while something is broken; longer than the silence that the tabs wait for. */
const BROKEN = 4000;

/** What happens to tabs, by name. What a scenario returns are tabs that are gone, with the books that they had. */
export const scenarios = {
  async 'seven tabs on one connection'(world) {
    await world.open(7, { from: 'latest', silence: 45_000 });
    await world.append(60);
    await world.haveAll();
    assert.equal(world.front.asked, 1);
  },

  async 'tabs are closed, the one with the connection too'(world, runtime) {
    const tabs = await world.open(4);
    const leader = await runtime.leader(tabs);
    const other = tabs.find((each) => each !== leader);
    await world.whileAppending(async () => {
      await leave(world, other, () => other.close());
      await sleep(300);
      await leave(world, leader, () => leader.close());
      await sleep(300);
    });
  },

  async 'the tab with the connection is killed'(world, runtime) {
    const tabs = await world.open(4);
    const leader = await runtime.leader(tabs);
    await world.whileAppending(async () => {
      await leave(world, leader, () => runtime.kill(leader));
      await world.until('another tab leads', () => runtime.leader(world.tabs));
    });
  },

  async 'the tab with the connection is frozen, with seven others'(world, runtime) {
    const tabs = await world.open(8);
    const leader = await runtime.leader(tabs);
    const others = tabs.filter((each) => each !== leader);
    const thaw = await runtime.freeze(leader);
    try {
      await world.append(30);
      await world.haveAll(others);
      await world.until('another tab leads, with one connection more', async () => world.front.open <= 2 && runtime.leader(others));
    } finally {
      await thaw();
    }
    await world.append(30);
  },

  async 'the network goes and comes back'(world, runtime) {
    const tabs = await world.open(3);
    await world.whileAppending(async () => {
      await sleep(300);
      await runtime.online(tabs, false);
      world.front.close();
      await sleep(BROKEN);
      await world.front.listen();
      await runtime.online(tabs, true);
    });
  },

  async 'the computer sleeps, and its connection is forgotten'(world, runtime) {
    await world.open(3);
    await world.whileAppending(async () => {
      await sleep(300);
      const wake = runtime.sleep();
      world.front.forget();
      await sleep(BROKEN);
      wake();
    });
  },

  async 'nothing comes any more, and no end'(world) {
    await world.open(3);
    await world.whileAppending(async () => {
      await sleep(300);
      world.front.forget();
      await sleep(BROKEN);
    });
  },

  async 'a proxy answers 502'(world) {
    await world.open(3);
    await world.whileAppending(async () => {
      await sleep(300);
      const { asked } = world.front;
      world.front.failing = true;
      world.front.cut();
      await world.until('it was tried', () => world.front.asked > asked);
      world.front.failing = false;
    });
  },

  async 'in a page and a worker'(world) {
    await world.open(2);
    await world.open(2, {}, { inWorker: true });
    await world.append(60);
  },

  async 'the destinations are ended: 204'(world) {
    const tabs = await world.open(3);
    await world.append(30);
    await world.haveAll();
    await world.disconnect();
    await world.until('all have ended', async () => (await world.books()).every((each) => each.end));
    (await world.books(tabs)).forEach(({ end, disconnect }) => {
      assert.deepEqual(end, { status: 204 });
      assert.equal(disconnect, 3);
    });
  },

  async 'refused: 403'(world, runtime) {
    const { asked } = world.front;
    const tabs = [];
    for (let i = 0; i < 3; i++) {
      tabs.push(await runtime.open('/api/events/user/bob', { share: 'ann' }));
    }
    await world.until('all have ended', async () => (await world.books(tabs)).every((each) => each.end));
    (await world.books(tabs)).forEach(({ end, events }) => {
      assert.equal(end.status, 403);
      assert.match(end.detail, /A user's events are for that user only/);
      assert.deepEqual(events, []);
    });
    assert.ok(world.front.asked <= asked + tabs.length);
  },
};

/** What is for browsers alone: what React Native brings in place of their fetch. */
export const inBrowsers = {
  async 'with the fetch of React Native'(world, runtime) {
    const tab = await runtime.open('/api/events/view/never', {}, { nativeFetch: true });
    await world.until('it has ended', async () => (await tab.books()).end);
    assert.equal((await tab.books()).end.status, 0);
    assert.match((await tab.books()).end.detail, /does not stream/);
  },

  async 'with a fetch that streams, in place of that of React Native'(world) {
    await world.open(1, { share: undefined }, { nativeFetch: 'replaced' });
    await world.append(30);
  },
};

/** Has a tab go, and keeps the books that it had. */
async function leave(world, tab, go) {
  const books = await tab.books();
  world.tabs.splice(world.tabs.indexOf(tab), 1);
  await go();
  assert.deepEqual(await world.judge([{ books: async () => books }], { gone: true }), { lost: 0, twice: 0, wrong: 0 });
}
