import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createParser } from 'eventsource-parser';
import { parser } from '../../main/npm/events-gateway.js';
import { random } from './random.js';

const encoder = new TextEncoder();

/** The standard's algorithm, step by step and with the whole stream at hand (HTML, 9.2.5 and 9.2.6), and the field destination. */
function reference(bytes, lastEventId) {
  let stream = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  if (stream.startsWith('\uFEFF')) {
    stream = stream.slice(1);
  }
  const lines = [];
  let current = '';
  for (let i = 0; i < stream.length; i++) {
    if (stream[i] === '\r' && stream[i + 1] === '\n') {
      i++;
    }
    if (stream[i] === '\n' || stream[i] === '\r') {
      lines.push(current);
      current = '';
    } else {
      current += stream[i];
    }
  }
  // what is left in current has no end and is discarded
  const said = [];
  let dataBuffer = '';
  let typeBuffer = '';
  let idBuffer = lastEventId;
  let destination;
  for (const line of lines) {
    if (line === '') {
      const data = dataBuffer === '' ? undefined : dataBuffer.endsWith('\n') ? dataBuffer.slice(0, -1) : dataBuffer;
      said.push({ type: typeBuffer === '' ? 'message' : typeBuffer, data, destination, lastEventId: idBuffer });
      dataBuffer = '';
      typeBuffer = '';
      destination = undefined;
    } else if (!line.startsWith(':')) {
      let field = line;
      let value = '';
      if (line.includes(':')) {
        field = line.substring(0, line.indexOf(':'));
        value = line.substring(line.indexOf(':') + 1);
        if (value.charCodeAt(0) === 0x20) {
          value = value.substring(1);
        }
      }
      switch (field) {
        case 'event':
          typeBuffer = value;
          break;
        case 'data':
          dataBuffer += value;
          dataBuffer += '\n';
          break;
        case 'id':
          if (!value.includes('\u0000')) {
            idBuffer = value;
          }
          break;
        case 'retry':
          if (value !== '' && [...value].every((c) => c >= '0' && c <= '9')) {
            said.push({ retry: parseInt(value, 10) });
          }
          break;
        case 'destination':
          destination = value;
          break;
      }
    }
  }
  return said;
}

function parse(chunks, lastEventId = '') {
  const said = [];
  const feed = parser(lastEventId, (frame) => said.push(frame), (retry) => said.push({ retry }));
  chunks.forEach(feed);
  return said;
}

const text = (...parts) => parse(parts.map((part) => encoder.encode(part)));
const events = (...parts) => text(...parts).filter((frame) => frame.data !== undefined);

test('reads what the gateway writes', () => {
  const said = text('retry: 3000\n: events follow\nevent: a\ndata: {"n":1}\ndata: 2\ndestination: view/1\nid: g.1-0\n\n:\nid: g.2-0\n\n: \n');

  assert.deepEqual(said, [
    { retry: 3000 },
    { type: 'a', data: '{"n":1}\n2', destination: 'view/1', lastEventId: 'g.1-0' },
    { type: 'message', data: undefined, destination: undefined, lastEventId: 'g.2-0' },
  ]);
});

test('does not wait for the LF that may follow a CR', () => {
  assert.deepEqual(events('data: a\r', '\r').map((event) => event.data), ['a']);
  assert.deepEqual(events('data: a\r', '\ndata: b\r\n', '\r').map((event) => event.data), ['a\nb']);
  assert.deepEqual(events('data: a\r\n\r', '\ndata: b\n\n').map((event) => event.data), ['a', 'b']);
});

test('drops an event that is cut, and its id', () => {
  const said = text('data: a\nid: 1\n\ndata: b\nid: 2\n');

  assert.deepEqual(said.map((frame) => frame.lastEventId), ['1']);
});

test('takes one byte order mark away, wherever it is cut', () => {
  const bytes = encoder.encode('\uFEFF\uFEFFdata: x\n\n');

  for (let cut = 0; cut <= bytes.length; cut++) {
    assert.deepEqual(parse([bytes.slice(0, cut), bytes.slice(cut)]), reference(bytes, ''));
  }
  assert.equal(events('\uFEFFdata: x\n\n').length, 1);
});

test('keeps the position of the connection before until there is another', () => {
  assert.deepEqual(parse([encoder.encode('event: reset\ndata: {}\n\nid\n\n')], 'old').map((frame) => frame.lastEventId), ['old', '']);
  assert.deepEqual(parse([encoder.encode('id: a\0b\ndata: x\n\n')], 'old')[0].lastEventId, 'old');
});

test('takes time in proportion to what came, however it is cut', { timeout: 30_000 }, () => {
  const bytes = encoder.encode('data: ' + 'ä€😀'.repeat(400_000) + '\n\n');
  const chunks = [];
  for (let from = 0; from < bytes.length; from += 100) {
    chunks.push(bytes.slice(from, from + 100));
  }

  const [event] = parse(chunks);

  assert.equal(event.data.length, 4 * 400_000);
});

const words = ['data', 'id', 'event', 'retry', 'destination', 'dat', ':', ':', ': ', ' ', '\n', '\n', '\n\n', '\r', '\r', '\r\n', '\r\n\r\n',
  '\0', '\uFEFF', '\u2028', '\u0085', 'ä', '€', '😀', '1', '20', '-1', 'a', 'data: x', 'data:', 'id: 7', 'id', ':c', '\v', '\f'];
const seed = Number(process.env.SEED ?? Date.now() % 1e9);

test('says the same as the standard for any bytes in any pieces', () => {
  const next = random(seed);
  let frames = 0;
  for (let round = 0; round < 20_000; round++) {
    const parts = Array.from({ length: next(40) }, () =>
      next(30) === 0 ? Uint8Array.of(next(256)) : encoder.encode(words[next(words.length)]));
    const bytes = Buffer.concat(parts);
    const chunks = [];
    for (let from = 0; from < bytes.length; ) {
      const to = from + next(round % 2 ? 2 : 12);
      chunks.push(new Uint8Array(bytes.subarray(from, to)));
      from = to;
    }
    const expected = reference(bytes, 'before');
    frames += expected.length;
    assert.deepEqual(parse(chunks, 'before'), expected, `seed ${seed}, round ${round}: ${JSON.stringify(bytes.toString('latin1'))}`);
  }
  assert.ok(frames > 20_000, `${frames} frames are too few to show anything`);
});

/** What another parser makes of a text, which has no positions of frames without data. */
function other(pieces) {
  const said = [];
  const parser = createParser({
    onEvent: ({ event = 'message', data }) => said.push({ type: event, data }),
    onRetry: (retry) => said.push({ retry }),
  });
  pieces.forEach((piece) => parser.feed(piece));
  return said;
}

test('says the same as eventsource-parser for any text in any pieces', () => {
  const next = random(seed);
  let events = 0;
  for (let round = 0; round < 20_000; round++) {
    // that one takes a CR at the end of a piece, and of all, for a line end only when more has come
    const pieces = Array.from({ length: next(20) }, () =>
      Array.from({ length: 1 + next(6) }, () => words[next(words.length)]).join('').replaceAll('\uFEFF', ''));
    pieces.push('\n:end\n');
    const said = text(...pieces).filter((frame) => frame.retry !== undefined || frame.data !== undefined)
      .map(({ type, data, retry }) => (retry === undefined ? { type, data } : { retry }));
    events += said.length;
    assert.deepEqual(said, other(pieces), `seed ${seed}, round ${round}: ${JSON.stringify(pieces)}`);
  }
  assert.ok(events > 3_000, `${events} events are too few to show anything`);
});
