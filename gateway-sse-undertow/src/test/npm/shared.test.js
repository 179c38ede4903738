import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventStream } from '../../main/npm/events-gateway.js';
import { Locks, until } from './fakes.js';
import { Gateway } from './gateway.js';
import { random } from './random.js';
import { Threads } from './threads.js';

const limit = { timeout: 120_000 };
const module = new URL('../../main/npm/events-gateway.js', import.meta.url);
const seed = Number(process.env.SEED ?? Date.now() % 1e9);
const next = random(seed);
const chance = Math.random;
const closing = [];
let gateway;

beforeEach(() => {
  Math.random = () => 0;
  Object.defineProperty(globalThis, 'navigator', { value: { locks: new Locks() }, configurable: true });
});

afterEach(async () => {
  Math.random = chance;
  await Promise.all(closing.splice(0).map((each) => each.close()));
});

async function start(...destinations) {
  gateway = new Gateway(destinations, next);
  await gateway.listen();
  closing.push(gateway);
}

/** A tab in this thread, with its books. */
function tab(options = {}) {
  const books = { events: [], opened: 0 };
  const events = new EventStream(gateway.url, {
    share: 'ann',
    ...options,
    onevent: (event) => books.events.push([event.destination, Number(event.data)]),
    onopen: () => books.opened++,
    onend: (end) => { books.end = end; },
  });
  closing.push(events);
  return Object.assign(books, { stream: events, close: () => events.close() });
}

const of = (books, destination) => books.events.filter(([from]) => from === destination).map(([, event]) => event);

test('is one connection for all tabs, which all hear the same', limit, async () => {
  await start('view/1');
  const tabs = Array.from({ length: 7 }, () => tab());
  await until(() => tabs.every((each) => each.opened === 1));

  gateway.append('view/1');
  gateway.append('view/1');
  await until(() => tabs.every((each) => each.events.length === 2));

  assert.equal(gateway.asked.length, 1);
  tabs.forEach((each) => assert.deepEqual(of(each, 'view/1'), [1, 2]));
});

test('is not shared by those who may see different events, and not without locks', limit, async () => {
  await start('view/1');
  const ann = tab();
  const bob = tab({ share: 'bob' });
  const alone = tab({ share: undefined });
  Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true });
  const old = tab();
  await until(() => [ann, bob, alone, old].every((each) => each.opened === 1));

  assert.equal(gateway.asked.length, 4);
});

test('goes on where the tab that had the connection is closed', limit, async () => {
  await start('view/1');
  const first = tab();
  await until(() => first.opened === 1);
  const others = [tab(), tab()];
  gateway.append('view/1');
  await until(() => others.every((each) => each.events.length === 1));

  first.close();
  gateway.append('view/1');
  await until(() => others.every((each) => each.events.length === 2));

  others.forEach((each) => assert.deepEqual(of(each, 'view/1'), [1, 2]));
  assert.deepEqual(gateway.asked, [undefined, '1']);
  assert.deepEqual(of(first, 'view/1'), [1]);
});

test('brings a tab that comes later to where the others are, by a connection that it gives back', limit, async () => {
  await start('view/1', 'view/2');
  const first = tab({ from: 'earliest' });
  for (let i = 0; i < 20; i++) {
    gateway.append(`view/${1 + (i % 2)}`);
  }
  await until(() => first.events.length === 20);

  const all = tab({ from: 'earliest' });
  const some = tab({ from: 'earliest', lastEventId: '8.9' });
  await until(() => all.events.length === 20 && some.events.length === 3 && gateway.open === 1);
  gateway.append('view/1');
  await until(() => [first, all, some].every((each) => of(each, 'view/1').at(-1) === 11));

  assert.deepEqual(of(all, 'view/1'), gateway.log('view/1'));
  assert.deepEqual(of(all, 'view/2'), gateway.log('view/2'));
  assert.deepEqual(some.events.slice(0, 3).sort(), [['view/1', 10], ['view/1', 9], ['view/2', 10]].sort());
  assert.equal(some.events.length, 4);
  assert.equal(gateway.open, 1);
});

test('takes from the others what came while it read by itself', limit, async () => {
  await start('view/1');
  const first = tab({ from: 'earliest' });
  [1, 2, 3].forEach(() => gateway.append('view/1'));
  await until(() => first.events.length === 3);
  let body;
  const slow = async (url, { signal }) => {
    const stream = new ReadableStream({ start: (controller) => { body = controller; } });
    signal.addEventListener('abort', () => body.error(signal.reason));
    return new Response(stream, { headers: { 'Content-Type': 'text/event-stream' } });
  };
  const second = tab({ from: 'earliest', fetch: slow });
  await until(() => body);
  const said = [];
  const witness = new BroadcastChannel(`events-gateway ann ${gateway.url}&from=earliest`);
  closing.push(witness);
  witness.onmessage = (message) => said.push(message.data[1]?.data);
  [4, 5].forEach(() => gateway.append('view/1'));
  await until(() => said.includes('5'));
  await sleep(50);

  body.enqueue(new TextEncoder().encode('data: 1\ndestination: view/1\nid: 1\n\ndata: 2\ndestination: view/1\nid: 2\n\n'));
  await until(() => second.events.length === 2);
  body.enqueue(new TextEncoder().encode('data: 3\ndestination: view/1\nid: 3\n\ndata: 4\ndestination: view/1\nid: 4\n\n'));
  await until(() => second.events.length >= 5);

  assert.deepEqual(of(second, 'view/1'), [1, 2, 3, 4, 5]);
  await assert.rejects(async () => body.enqueue(new Uint8Array(1)), 'its own connection is given back');
});

test('gives the own connection back while events go on coming', limit, async () => {
  await start('view/1');
  const first = tab({ from: 'earliest' });
  const producing = setInterval(() => gateway.append('view/1'), 5);
  try {
    await until(() => first.events.length > 50);
    const second = tab({ from: 'earliest' });
    await until(() => second.events.length > 0 && gateway.open === 1);
    const total = gateway.log('view/1').length + 50;
    await until(() => second.events.length > total);

    assert.deepEqual(of(second, 'view/1'), gateway.log('view/1').slice(0, second.events.length));
    assert.equal(gateway.asked.length, 2);
  } finally {
    clearInterval(producing);
  }
});

test('takes nothing twice where the last words of a tab that is gone come late', limit, async () => {
  await start('view/1');
  const first = tab({ from: 'earliest' });
  const second = tab({ from: 'earliest' });
  await until(() => second.opened === 1);
  gateway.append('view/1');
  await until(() => first.events.length === 1 && second.events.length === 1);
  const before = new BroadcastChannel(`events-gateway ann ${gateway.url}&from=earliest`);
  try {
    before.postMessage(['1', { type: 'message', data: '2', destination: 'view/1', lastEventId: '2' }]);
    await until(() => second.events.length === 2);
    gateway.append('view/1');
    await until(() => of(first, 'view/1').at(-1) === 2);
    await sleep(100);
    gateway.append('view/1');
    await until(() => [first, second].every((each) => of(each, 'view/1').at(-1) === 3));

    assert.deepEqual(of(first, 'view/1'), [1, 2, 3]);
    assert.deepEqual(of(second, 'view/1'), [1, 2, 3]);
    assert.equal(gateway.asked.length, 1);
  } finally {
    before.close();
  }
});

test('lets a tab that asks for what is new alone begin with the others', limit, async () => {
  await start('view/1');
  const first = tab({ from: 'latest' });
  await until(() => first.opened === 1);
  gateway.append('view/1');
  await until(() => first.events.length === 1);
  const second = tab({ from: 'latest' });
  await until(() => second.opened === 1);

  gateway.append('view/1');
  await until(() => second.events.length === 1);

  assert.deepEqual(of(second, 'view/1'), [2]);
  assert.equal(gateway.asked.length, 1);
});

test('ends for all tabs when it ends', limit, async () => {
  await start('view/1');
  const tabs = [tab(), tab(), tab()];
  await until(() => tabs.every((each) => each.opened === 1));

  gateway.end();
  await until(() => tabs.every((each) => each.end));

  tabs.forEach((each) => assert.deepEqual(each.end, { status: 204 }));
  assert.ok(gateway.asked.length < 1 + tabs.length, 'each asked by itself');
});

test('stays one connection while nothing but heartbeats come', limit, async () => {
  await start('view/1');
  const options = { silence: 2000, from: 'latest' };
  const tabs = [tab(options), tab(options), tab(options)];
  await until(() => tabs.every((each) => each.opened === 1));

  await sleep(2 * options.silence);

  assert.equal(gateway.asked.length, 1);
});

test('is taken over from a tab that is heard no more, which then goes on as one of the others', limit, async () => {
  await start('view/1');
  const first = tab();
  await until(() => first.opened === 1);
  const second = tab({ silence: 2000 });
  gateway.append('view/1');
  await until(() => second.events.length === 1);
  const post = BroadcastChannel.prototype.postMessage;

  BroadcastChannel.prototype.postMessage = () => {};
  gateway.append('view/1');
  await until(() => second.events.length === 2);
  BroadcastChannel.prototype.postMessage = post;
  gateway.append('view/1');
  await until(() => [first, second].every((each) => each.events.length === 3) && gateway.open === 1);

  second.close();
  gateway.append('view/1');
  await until(() => first.events.length === 4);
  assert.deepEqual(of(second, 'view/1'), [1, 2, 3]);
  assert.deepEqual(of(first, 'view/1'), [1, 2, 3, 4]);
});

test('is one connection more where the tab that has it is frozen, and one again when that goes on', limit, async () => {
  await start('view/1');
  const browser = new Threads(module);
  closing.push(browser);
  const tabs = Array.from({ length: 8 }, () => browser.open(gateway.url, { share: 'ann', from: 'earliest', silence: 2000 }));
  gateway.append('view/1');
  await until(() => tabs.every((each) => each.events.length === 1) && gateway.open === 1);
  const frozen = browser.leader();
  const others = tabs.filter((each) => each !== frozen);

  const thaw = browser.freeze(frozen);
  gateway.append('view/1');
  await until(() => others.every((each) => each.events.length === 2));
  await until(() => gateway.open <= 2);
  thaw();
  gateway.append('view/1');
  await until(() => tabs.every((each) => each.events.length === 3) && gateway.open === 1);

  tabs.forEach((each) => assert.deepEqual(of(each, 'view/1'), [1, 2, 3]));
});

test('is not shared where the origin may not have locks', limit, async () => {
  await start('view/1');
  const locks = { request: async () => { throw new DOMException('an opaque origin', 'SecurityError'); } };
  Object.defineProperty(globalThis, 'navigator', { value: { locks }, configurable: true });

  const tabs = [tab({ from: 'earliest' }), tab({ from: 'earliest' })];
  gateway.append('view/1');
  await until(() => tabs.every((each) => each.events.length === 1));

  assert.equal(gateway.asked.length, 2);
});

test('is asked for at once by a tab that gave its own back too early', limit, async () => {
  await start('view/1');
  const waits = [];
  let asked = 0;
  // which takes a while to notice that it is not needed, as that of a browser does
  const slow = (url, init) => (asked++ > 0 ? fetch(url, init) : new Promise((resolve, reject) => {
    init.signal.addEventListener('abort', () => setTimeout(() => reject(init.signal.reason), 100));
  }));
  const first = tab({ from: 'earliest' });
  gateway.append('view/1');
  await until(() => first.events.length === 1);
  const second = tab({ from: 'earliest', lastEventId: '1', fetch: slow, onretry: ({ wait }) => waits.push(wait) });
  await until(() => second.opened === 1);
  const other = new BroadcastChannel(`events-gateway ann ${gateway.url}&from=earliest`);
  closing.push(other);

  other.postMessage(['8', { lastEventId: '9' }]);
  other.postMessage(['1', { lastEventId: '1' }]);
  other.postMessage(['8', { lastEventId: '9' }]);
  await until(() => waits.length > 0);
  gateway.append('view/1');
  await until(() => second.events.length === 1 && gateway.open === 1);

  assert.deepEqual(of(second, 'view/1'), [2]);
  assert.deepEqual(waits, [0]);
});

for (const destinations of [['view/1'], ['view/1', 'view/2', 'view/3']]) {
  test(`loses and repeats nothing while tabs open, close and are killed, of ${destinations.length} destinations`, limit, async (context) => {
    await start(...destinations);
    const browser = new Threads(module);
    closing.push(browser);
    const options = { share: 'ann', from: 'earliest', silence: 2000 };
    const staying = [browser.open(gateway.url, options), browser.open(gateway.url, options), browser.open(gateway.url, options)];
    let running = true;
    const producing = (async () => {
      while (running) {
        gateway.append(destinations[next(destinations.length)]);
        await sleep(next(8));
      }
    })();

    const going = [];
    for (let round = 0; round < 12; round++) {
      const tab = browser.open(gateway.url, options);
      going.push(tab);
      await until(() => tab.events.length > 0);
      await sleep(next(100));
      const leader = browser.leader();
      switch (next(4)) {
        case 0:
          gateway.cut();
          break;
        case 1:
          browser.leave(tab);
          await until(() => tab.closed);
          break;
        default:
          // the one with the connection, if it is one that may go; else the connection of one that stays
          if (going.includes(leader)) {
            await leader.worker.terminate();
          } else {
            if (leader) {
              browser.leave(leader);
              staying.splice(staying.indexOf(leader), 1);
            }
            staying.push(browser.open(gateway.url, options));
          }
      }
    }
    running = false;
    await producing;
    const total = destinations.reduce((sum, each) => sum + gateway.log(each).length, 0);
    await until(() => staying.every((each) => each.events.length >= total) && gateway.open === 1);

    for (const each of staying) {
      destinations.forEach((name) => assert.deepEqual(of(each, name), gateway.log(name), `seed ${seed}`));
    }
    for (const each of browser.tabs) {
      assert.equal(each.fault, undefined);
      destinations.forEach((name) =>
        assert.deepEqual(of(each, name), gateway.log(name).slice(0, of(each, name).length), `seed ${seed}`));
    }
    context.diagnostic(`${total} events, ${browser.tabs.length} tabs, ${gateway.asked.length} connections, seed ${seed}`);
  });
}
