import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import * as client from '../../main/npm/events-gateway.js';
import { open, serve, until } from './fakes.js';
import { minified } from './minify.js';

const limit = { timeout: 60_000 };
const folder = new URL('../../main/npm/', import.meta.url);
const text = (name) => readFile(new URL(name, folder), 'utf8');

/** The module as a runtime loads it that lacks some globals. */
async function loadWithout(...names) {
  const kept = names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name));
  names.forEach((name) => delete globalThis[name]);
  try {
    return await import(new URL(`events-gateway.js?without=${names}`, folder).href);
  } finally {
    names.forEach((name, i) => Object.defineProperty(globalThis, name, kept[i]));
  }
}

test('has under 6 KB', async (context) => {
  const bytes = Buffer.from(await text('events-gateway.min.js'));
  context.diagnostic(`${bytes.length} bytes, ${gzipSync(bytes).length} with gzip`);

  assert.ok(bytes.length < 6 * 1024, `${bytes.length} bytes`);
});

test('is made from its source, by minify.js', async () => {
  assert.equal(await text('events-gateway.min.js'), await minified());
});

test('declares what it exports, and ships what it declares', async () => {
  const declared = [...(await text('events-gateway.d.ts')).matchAll(/^export (?:class|function|const) (\w+)/gm)].map(([, name]) => name);
  const about = JSON.parse(await text('package.json'));

  assert.deepEqual(declared.sort(), Object.keys(client).sort());
  assert.deepEqual(about.files.sort(), Object.values(about.exports['.']).map((path) => path.slice(2)).sort());
  assert.equal(about.dependencies, undefined);
  await Promise.all(about.files.map(text));
});

test('has the version of the build', async () => {
  const [, version] = /<artifactId>events-gateway<\/artifactId>\s*<version>([^<]+)</.exec(await text('../../../pom.xml'));

  assert.equal(JSON.parse(await text('package.json')).version, version);
});

test('runs without EventTarget and MessageEvent', limit, async () => {
  const server = await serve(open('event: a\ndata: 1\ndestination: view/1\nid: g.1\n\nevent: a\ndata: 2\nid: g.2\n\n'));
  const { EventStream } = await loadWithout('EventTarget', 'MessageEvent');
  const heard = [];
  const never = ({ type, data }) => heard.push(`${type} ${data}`);
  const events = new EventStream(server.url, { share: 'ann' });
  try {
    events.addEventListener('b', never);
    events.addEventListener('constructor', never);
    events.addEventListener('a', never);
    events.removeEventListener('a', never);
    events.removeEventListener('c', never);
    events.addEventListener('a', ({ type, data, destination, lastEventId }) => heard.push([type, data, destination, lastEventId]));
    await until(() => heard.length === 2);

    assert.ok(!(events instanceof EventTarget));
    assert.deepEqual(heard, [['a', '1', 'view/1', 'g.1'], ['a', '2', undefined, 'g.2']]);
  } finally {
    events.close();
    server.close();
  }
});

test('says so where fetch does not stream, as in React Native, and does not wait for ever', limit, async () => {
  const native = globalThis.Response;
  let asked = 0;
  let end;
  globalThis.Response = class {};
  try {
    await new Promise((ended) => {
      new client.EventStream('http://127.0.0.1:9/', {
        token: () => { asked++; },
        onend: (why) => {
          end = why;
          ended();
        },
      });
    });
  } finally {
    globalThis.Response = native;
  }
  assert.equal(end.status, 0);
  assert.match(end.detail, /does not stream; pass one that does as the option fetch/);
  assert.equal(asked, 1);
});

test('says so where the fetch that it is given does not stream', limit, async () => {
  const headers = new Headers({ 'Content-Type': 'text/event-stream' });
  const end = await new Promise((ended) => {
    new client.EventStream('http://127.0.0.1:9/', { fetch: async () => ({ status: 200, headers }), onend: ended });
  });

  assert.equal(end.status, 0);
});

test('gives MessageEvents where there are some', limit, async () => {
  const server = await serve(open('data: 1\nid: g.1\n\n'));
  try {
    const event = await new Promise((heard) => {
      const events = new client.EventStream(server.url);
      events.addEventListener('message', (each) => {
        events.close();
        heard(each);
      });
    });

    assert.ok(event instanceof MessageEvent);
    assert.ok(event.target instanceof client.EventStream);
  } finally {
    server.close();
  }
});
