import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventStream } from '../../main/npm/events-gateway.js';
import { open, plain, problem, serve, stream, until } from './fakes.js';

const limit = { timeout: 60_000 };
const chance = Math.random;
const closing = [];

beforeEach(() => {
  Math.random = () => 0;
});

afterEach(() => {
  Math.random = chance;
  closing.splice(0).forEach((each) => each.close());
});

async function serving(...answers) {
  const server = await serve(...answers);
  closing.push(server);
  return server;
}

/** A stream that keeps books of all that it says. */
function listen(url, options = {}) {
  const books = { events: [], positions: [], retries: [], resets: [], opened: 0 };
  const events = new EventStream(url, {
    ...options,
    onevent: (event) => books.events.push(`${event.type} ${event.data}`),
    onposition: (id) => books.positions.push(id),
    onretry: (why) => books.retries.push(why),
    onreset: (event) => books.resets.push(JSON.parse(event.data).reason),
    onopen: () => books.opened++,
    onend: (why) => { books.end = why; },
  });
  closing.push(events);
  return Object.assign(books, { stream: events });
}

test('resumes behind the last whole event', limit, async () => {
  const server = await serving(
    stream('data: 1\nid: g.1\n\nevent: b\ndata: 2\nid: g.2\n\ndata: 3\nid: g.3\n'),
    (response) => response.destroy(),
    open('data: 3\nid: g.3\n\nid: g.4\n\n'));

  const books = listen(server.url);
  await until(() => books.positions.length === 4);

  assert.deepEqual(books.events, ['message 1', 'b 2', 'message 3']);
  assert.deepEqual(books.positions, ['g.1', 'g.2', 'g.3', 'g.4']);
  assert.deepEqual(server.asked.map((each) => each.headers['last-event-id']), [undefined, 'g.2', 'g.2']);
  assert.equal(server.asked[0].headers.accept, 'text/event-stream');
  assert.equal(books.stream.lastEventId, 'g.4');
  assert.equal(books.opened, 2);
});

test('begins behind a position that was kept, at several destinations', limit, async () => {
  const server = await serving(open('data: 1\ndestination: view/a b\nid: g.8\n\n'));
  const heard = [];

  const books = listen(server.url, { lastEventId: 'g.7', destinations: ['view/a b', 'user'], from: 'latest', headers: { 'X-A': 'b' } });
  books.stream.addEventListener('message', (event) => heard.push([event.destination, event.data, event.lastEventId]));
  await until(() => heard.length === 1);

  assert.equal(server.asked[0].url, '/api/events/view/1?destination=view%2Fa%20b&destination=user&from=latest');
  assert.equal(server.asked[0].headers['last-event-id'], 'g.7');
  assert.equal(server.asked[0].headers['x-a'], 'b');
  assert.deepEqual(heard, [['view/a b', '1', 'g.8']]);
});

test('waits as long as the server says, and above that by full jitter that grows', limit, async () => {
  Math.random = () => 0.125;
  const server = await serving((response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.end('retry: 20\n');
  }, plain(502), plain(502), plain(503, { 'Retry-After': '1' }), open());

  const books = listen(server.url);
  await until(() => books.opened === 2);

  assert.deepEqual(books.retries.map((each) => [each.status, each.wait]),
    [[200, 145], [502, 270], [502, 520], [503, 2000]]);
  server.asked.slice(1).forEach((each, n) => assert.ok(each.at - server.asked[n].at >= books.retries[n].wait - 5));
});

test('does not take a time that a timer cannot wait for no time', limit, async () => {
  const server = await serving((response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.end('retry: 99999999999999999999\n');
  }, plain(503, { 'Retry-After': '99999999999' }));

  const books = listen(server.url);
  await until(() => books.retries.length === 1);

  assert.equal(books.retries[0].wait, 3_600_000);
});

test('takes a date in Retry-After', limit, async () => {
  const server = await serving((response) => {
    plain(503, { 'Retry-After': new Date(Date.now() + 60_000).toUTCString() })(response);
  });

  const books = listen(server.url);
  await until(() => books.retries.length === 1);

  assert.ok(books.retries[0].wait > 50_000 && books.retries[0].wait <= 60_000, String(books.retries[0].wait));
});

test('outlives what a proxy answers while there is nobody behind it, and a gateway that is full', limit, async () => {
  const server = await serving(stream('data: 1\nid: g.1\n\n'), plain(502), plain(404), plain(403), plain(200), problem(503),
    (response) => response.destroy(), open('data: 2\nid: g.2\n\n'));

  const books = listen(server.url);
  await until(() => books.events.length === 2);

  assert.deepEqual(books.events, ['message 1', 'message 2']);
  assert.deepEqual(books.retries.map((each) => each.status), [200, 502, 404, 403, 200, 503, undefined]);
  assert.ok(books.retries[6].error instanceof Error);
});

test('ends for good with 204', limit, async () => {
  const server = await serving(stream('event: disconnect\ndata: {"reason":"done"}\nid: g.1\n\n'), (response) => response.writeHead(204).end());

  const books = listen(server.url);
  await until(() => books.end);

  assert.deepEqual(books.end, { status: 204 });
  assert.deepEqual(books.events, ['disconnect {"reason":"done"}']);
  assert.equal(books.stream.readyState, 2);
  assert.equal(server.asked.length, 2);
});

test('ends for good where the gateway itself refuses', limit, async () => {
  for (const status of [400, 401, 403, 404, 406, 431]) {
    const server = await serving(problem(status));

    const books = listen(server.url);
    await until(() => books.end);

    assert.deepEqual(books.end, { status, detail: 'Change this.' });
  }
});

test('asks for a token for each connection, and for another one when one is refused', limit, async () => {
  const server = await serving(problem(401), stream(''), problem(401), open());
  const reasons = [];

  const books = listen(server.url, { token: async (reason) => reason + reasons.push(reason) });
  await until(() => books.opened === 2);

  assert.deepEqual(reasons, ['connect', 'refused', 'connect', 'refused']);
  assert.deepEqual(server.asked.map((each) => each.headers.authorization),
    ['Bearer connect1', 'Bearer refused2', 'Bearer connect3', 'Bearer refused4']);
  assert.deepEqual(books.retries.map((each) => each.wait), [0, 1, 0]);
});

test('ends where the token that came after a refused one is refused too', limit, async () => {
  const server = await serving(problem(401, 'Bring a token.'));

  const books = listen(server.url, { token: () => 'always the same' });
  await until(() => books.end);

  assert.deepEqual(books.end, { status: 401, detail: 'Bring a token.' });
  assert.equal(server.asked.length, 2);
});

test('tries again where no token can be had', limit, async () => {
  const server = await serving(open());
  let calls = 0;

  const books = listen(server.url, { token: () => {
    if (++calls === 1) {
      throw new Error('the issuer is away');
    }
    return 'a';
  } });
  await until(() => books.opened === 1);

  assert.equal(books.retries[0].error.message, 'the issuer is away');
  assert.equal(server.asked.length, 1);
});

test('changes to a new token before the old one ends, and keeps a stream whose token can not be changed', limit, async () => {
  const expiring = 'data: 1\nid: g.1\n\nevent: token-expiring\ndata: {"expiresAt":"x"}\n\n';
  const server = await serving(open(expiring), open(expiring), open('data: 2\nid: g.2\n\n'));
  const tokens = ['a', 'b', 'b', 'never used'];
  const told = [];

  const books = listen(server.url, { token: () => tokens.shift(), ontokenexpiring: (event) => told.push(event.data) });
  await until(() => told.length === 2);

  assert.deepEqual(server.asked.map((each) => each.headers.authorization), ['Bearer a', 'Bearer b']);
  assert.equal(server.asked[1].headers['last-event-id'], 'g.1');
  await until(() => server.asked[0].gone);
  assert.equal(server.asked[1].gone, false);
  assert.deepEqual(tokens, ['never used']);
  assert.deepEqual(books.retries.map((each) => each.wait), [0]);
});

test('gives up a connection on which nothing comes, and none on which comments come', limit, async () => {
  let beats = 0;
  const server = await serving(
    open('data: 1\nid: g.1\n\n'),
    () => {},
    (response) => {
      open()(response);
      const timer = setInterval(() => {
        beats++;
        response.write(':\n');
      }, 100);
      response.on('close', () => clearInterval(timer));
    });

  const books = listen(server.url, { silence: 3000 });
  await until(() => beats === 40);

  assert.deepEqual(books.retries.map((each) => String(each.error)), Array(2).fill('Error: Nothing came for 3000 ms.'));
  assert.equal(server.asked.length, 3);
  assert.equal(server.asked[2].headers['last-event-id'], 'g.1');
});

test('comes back soon after a sleep, though its timers stood still', limit, async () => {
  const silence = 18_000;
  const server = await serving(open('data: 1\nid: g.1\n\n'), open('data: 2\nid: g.2\n\n'));
  const books = listen(server.url, { silence });
  await until(() => books.events.length === 1);
  const clock = Date.now;
  const begin = performance.now();
  try {
    Date.now = () => clock() + 3_600_000;
    await until(() => books.events.length === 2);
  } finally {
    Date.now = clock;
  }

  assert.ok(performance.now() - begin < silence / 2, 'waited for a timer');
  assert.deepEqual(books.events, ['message 1', 'message 2']);
});

test('takes null and undefined for left out, as a store gives them', limit, async () => {
  const server = await serving(open('data: 1\n\n'));

  const books = listen(server.url, { lastEventId: null, destinations: undefined, silence: undefined });
  await until(() => books.events.length === 1);

  assert.equal(books.stream.lastEventId, '');
  assert.deepEqual(books.positions, []);
  assert.equal(server.asked[0].headers['last-event-id'], undefined);
});

test('lets a listener fail without a loss', limit, async () => {
  const server = await serving(open('data: 1\nid: g.1\n\ndata: 2\nid: g.2\n\n'));
  const faults = [];
  const others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (fault) => faults.push(fault.message));
  try {
    const heard = [];
    const events = new EventStream(server.url, { onevent: (event) => { throw new Error('own ' + event.data); } });
    closing.push(events);
    events.addEventListener('message', (event) => {
      heard.push(event.data);
      throw new Error('listener ' + event.data);
    });
    await until(() => faults.length === 4);

    assert.deepEqual(heard, ['1', '2']);
    assert.deepEqual(faults.sort(), ['listener 1', 'listener 2', 'own 1', 'own 2']);
    assert.equal(server.asked.length, 1);
  } finally {
    process.removeAllListeners('uncaughtException');
    others.forEach((each) => process.on('uncaughtException', each));
  }
});

test('says nothing more once it is closed, in the middle of what came', limit, async () => {
  const server = await serving(open('data: 1\nid: g.1\n\ndata: 2\nid: g.2\n\n'));

  const books = listen(server.url);
  books.stream.addEventListener('message', () => books.stream.close());
  await until(() => server.asked[0]?.gone);

  assert.deepEqual(books.events, ['message 1']);
  assert.equal(books.stream.lastEventId, 'g.1');
  assert.equal(books.end, undefined);
  assert.deepEqual(books.retries, []);
});

test('is closed by a signal, whatever it waits for', limit, async () => {
  const server = await serving(open());
  const waiting = await serving(plain(503, { 'Retry-After': '3000' }));
  const silent = await serving(() => {});
  const abort = new AbortController();
  const all = [server, waiting, silent].map((each) => listen(each.url, { signal: abort.signal }));
  await until(() => all[0].opened === 1 && all[1].retries.length === 1 && silent.asked.length === 1);

  abort.abort();

  await until(() => server.asked[0].gone && silent.asked[0].gone);
  assert.deepEqual(all.map((each) => each.stream.readyState), [2, 2, 2]);
  assert.equal(listen(server.url, { signal: abort.signal }).stream.readyState, 2);
  assert.equal(server.asked.length, 1);
});

test('comes back at once when the network does', limit, async () => {
  const server = await serving(plain(503, { 'Retry-After': '3000' }), open());
  const before = globalThis.addEventListener;
  let online;
  globalThis.addEventListener = (name, listener) => {
    assert.equal(name, 'online');
    online = listener;
  };
  try {
    const books = listen(server.url);
    await until(() => books.retries.length === 1);

    online();

    await until(() => books.opened === 1);
  } finally {
    globalThis.addEventListener = before;
  }
});

test('is a loop over all events, which ends with the stream', limit, async () => {
  const server = await serving(stream('data: 1\nid: g.1\n\nevent: reset\ndata: {"reason":"expired"}\nid: g.1\n\n'),
    (response) => response.writeHead(204).end());
  const seen = [];

  for await (const event of new EventStream(server.url)) {
    seen.push([event.type, event.data, event.lastEventId]);
  }

  assert.deepEqual(seen, [['message', '1', 'g.1'], ['reset', '{"reason":"expired"}', 'g.1']]);
});

test('is a loop that throws where it is refused', limit, async () => {
  const server = await serving(problem(403, 'Not yours.'));

  await assert.rejects(async () => {
    for await (const event of new EventStream(server.url)) {
      assert.fail(event.data);
    }
  }, { message: 'Not yours.', status: 403 });
});

test('is closed when its loop is left', limit, async () => {
  const server = await serving(open('data: 1\nid: g.1\n\n'));
  const events = new EventStream(server.url);

  for await (const event of events) {
    assert.equal(event.data, '1');
    break;
  }

  assert.equal(events.readyState, 2);
  await until(() => server.asked[0].gone);
});

test('lets the server wait for a slow loop', limit, async () => {
  const silence = 3000;
  let written = 0;
  const server = await serving((response) => {
    const write = () => {
      while (written < 4000 && response.write(`data: ${'x'.repeat(10_000)}\nid: g.${++written}\n\n`));
    };
    open()(response);
    response.on('drain', write);
    write();
  });
  const events = new EventStream(server.url, { silence });
  closing.push(events);
  let start;
  const gate = new Promise((resolve) => { start = resolve; });
  const reading = (async () => {
    for await (const event of events) {
      await gate;
      if (event.lastEventId === 'g.4000') {
        return event.lastEventId;
      }
    }
  })();

  let before;
  do {
    before = written;
    await sleep(1.5 * silence);
  } while (written !== before);
  const ahead = written;
  start();

  assert.equal(await reading, 'g.4000');
  assert.ok(ahead > 0 && ahead < 4000, `${ahead} events were read ahead`);
  assert.equal(server.asked.length, 1, 'the watchdog took a slow reader for a silent server');
});

test('passes on what the gateway says of a gap', limit, async () => {
  const server = await serving(open('event: reset\ndata: {"reason":"replaced"}\nid: h.1\n\ndata: 1\nid: h.2\n\n'));

  const books = listen(server.url, { lastEventId: 'g.9' });
  await until(() => books.events.length === 2);

  assert.deepEqual(books.resets, ['replaced']);
  assert.deepEqual(books.positions, ['h.1', 'h.2']);
});
