// The inspector of event streams: what the user does, and the client that reads the stream.

import { EventStream } from '/api/events/client.js';
import { Demo } from './demo.js';
import { Details } from './details.js';
import { $, copy, download, element, say, show } from './dom.js';
import { EventList } from './event-list.js';
import { EventStore, jsonLine } from './event-store.js';
import { RawFrames } from './raw-frames.js';
import { Sender } from './sender.js';
import { LettersTable, StreamsTable } from './tables.js';
import { tabs } from './tabs.js';
import { interruption, refusal, tokenWords } from './words.js';

const STATES = {
  idle: 'Not connected',
  connecting: 'Connecting',
  open: 'Connected',
  reconnecting: 'Reconnecting',
  ended: 'Ended',
};

/** So many names are offered to choose from; the text finds the others. */
const MOST_NAMES = 100;

const store = new EventStore();
const list = new EventList($('events'), store);
const details = new Details();
const frames = new RawFrames();
const demo = new Demo();

let info;
let stream;
let sender;
let letters;
let streams;
let demoDestination;

/** What the figures show of the current stream. */
let figures = newFigures();

/** Whether what is around the list has to be drawn. */
let stale = false;

const token = () => $('token').value.trim() || undefined;

function newFigures() {
  return { count: 0, reconnects: -1, position: '' };
}

function setState(state, reason = '') {
  $('state').dataset.state = state;
  $('state-text').textContent = STATES[state];
  $('reason').textContent = reason;
  $('reason').dataset.state = state;
  $('disconnect').disabled = state === 'idle' || state === 'ended';
}

/** The destinations in the form, and the address of their stream: that of one is what its other clients ask for. */
function target() {
  const destinations = $('destinations').value.split('\n').map((each) => each.trim()).filter((each) => each);
  const [one, another] = destinations;
  // an encoding in a path would be encoded twice
  if (!one || another || one.includes('%')) {
    return { destinations, address: '/api/events', query: destinations };
  }
  const slash = one.indexOf('/');
  const path = slash < 0 ? encodeURIComponent(one) : `${encodeURIComponent(one.slice(0, slash))}/${encodeURIComponent(one.slice(slash + 1))}`;
  return { destinations, address: `/api/events/${path}`, query: [] };
}

function connect() {
  const { destinations, address, query } = target();
  stream?.close();
  if (!destinations.length) {
    setState('idle', 'Name a destination: type/id, or user.');
    $('destinations').focus();
    return;
  }
  figures = newFigures();
  clear();
  const shown = destinations.length === 1 && destinations[0] === demoDestination;
  shown ? demo.begin() : demo.end();
  sender?.aimAt(destinations[0]);
  $('curl').textContent = curl(address, query);
  setState('connecting');
  const opened = new EventStream(address, {
    destinations: query,
    from: $('from').value,
    lastEventId: $('after').value.trim(),
    token,
    fetch: frames.fetch,
    onevent: (event) => received(event, shown),
    onposition: (position) => { figures.position = position; changed(); },
    onopen: () => {
      figures.reconnects++;
      demo.opened();
      setState('open');
      changed();
    },
    onretry: (why) => setState(figures.reconnects < 0 ? 'connecting' : 'reconnecting', interruption(why)),
    onend: ({ status, detail }) => setState('ended', refusal(status, detail)),
    ontokenexpiring: () => say('The token ends within a minute. Another one in its field is used for the next connection.'),
  });
  stream = opened;
}

function disconnect() {
  stream?.close();
  setState('idle');
}

function curl(address, query) {
  const search = query.map((each) => `destination=${encodeURIComponent(each)}`).concat(`from=${$('from').value}`).join('&');
  const bearer = token() || info.tokenNeeded ? ' -H "Authorization: Bearer $TOKEN"' : '';
  return `curl -N${bearer} '${location.origin}${address}?${search.replaceAll("'", '%27')}'`;
}

function received({ type, data, destination = '', lastEventId }, ofDemo) {
  const delay = ofDemo ? demo.take(type, data) : undefined;
  figures.count++;
  store.add({ at: Date.now(), type, data, destination, id: lastEventId, delay, frame: frames.take() });
  changed();
}

/** Draws before the next frame, once. */
function changed() {
  list.changed();
  if (!stale) {
    stale = true;
    requestAnimationFrame(() => {
      stale = false;
      draw();
    });
  }
}

function draw() {
  $('count').textContent = figures.count.toLocaleString('en');
  $('listed').textContent = store.visible.length.toLocaleString('en');
  $('reconnects').textContent = Math.max(0, figures.reconnects);
  $('position').textContent = figures.position || '–';
  $('pause').textContent = store.held === null ? 'Pause' : store.held ? `Resume (${store.held} new${lost()})` : 'Resume';
  show(!store.visible.length, $('empty'));
  $('empty').textContent = !store.names.size ? 'No events. They appear here the moment they are sent.'
    : store.held ? 'Paused.' : 'Nothing passes the filter.';
  drawNames();
}

/** A pause keeps no more events than a list does. */
function lost() {
  return store.lost ? `, ${store.lost} dropped` : '';
}

function drawNames() {
  const select = $('names');
  const names = [...store.names.keys()].sort().slice(0, MOST_NAMES);
  if (select.value && !names.includes(select.value)) {
    names.push(select.value);
  }
  const known = [...select.options].slice(1).map((each) => each.value);
  if (names.join('\n') !== known.join('\n')) {
    const { value } = select;
    select.replaceChildren(select.options[0], ...names.map((each) => Object.assign(element('option', '', each), { value: each })));
    select.value = value;
  }
}

function filter() {
  store.filter($('filter').value, $('names').value);
  if (list.chosen && !store.visible.includes(list.chosen)) {
    list.unchoose();
  }
  changed();
}

function pause() {
  store.held === null ? store.pause() : store.resume();
  $('pause').setAttribute('aria-pressed', store.held !== null);
  changed();
}

function clear() {
  store.clear();
  list.unchoose();
  list.follow();
  changed();
}

function exportLines() {
  const lines = store.visible.map(jsonLine);
  download(`events-${new Date().toISOString().replaceAll(/[:.]/g, '-')}.jsonl`, lines.map((each) => `${each}\n`).join(''));
  say(`${lines.length.toLocaleString('en')} events exported.`);
}

function listen() {
  $('connect').addEventListener('submit', (submitted) => {
    submitted.preventDefault();
    connect();
  });
  $('disconnect').addEventListener('click', disconnect);
  $('token').addEventListener('input', () => { $('token-words').textContent = info.tokenNeeded ? tokenWords(token()) : ''; });
  $('show-token').addEventListener('click', () => {
    const shown = $('token').type === 'password';
    $('token').type = shown ? 'text' : 'password';
    $('show-token').setAttribute('aria-pressed', shown);
  });
  $('copy-curl').addEventListener('click', () => copy($('curl').textContent, 'Command'));
  $('filter').addEventListener('input', filter);
  $('names').addEventListener('change', filter);
  $('pause').addEventListener('click', pause);
  $('clear').addEventListener('click', clear);
  $('export').addEventListener('click', exportLines);
  $('newest').addEventListener('click', () => {
    list.follow();
    $('events').focus();
  });
  $('events').addEventListener('keydown', (pressed) => {
    if (pressed.key === 'Enter') {
      details.focus();
    }
  });
  list.onchoose = (event) => details.show(event);
  list.onfollow = (follows) => show(!follows, $('newest'));
  details.onclose = () => {
    list.unchoose();
    $('events').focus();
  };
  details.onresume = (position) => {
    $('after').value = position;
    connect();
  };
  tabs(document.querySelector('[role=tablist]'), (panel) => {
    letters.shown(panel === 'panel-letters');
    streams.shown(panel === 'panel-streams');
  });
  setInterval(() => {
    const seconds = Math.round((Date.now() - frames.heardAt) / 1000);
    $('heard').textContent = frames.heardAt ? (seconds < 1 ? 'now' : `${seconds} s ago`) : '–';
  }, 1000);
}

async function json(address) {
  const answer = await fetch(address);
  return answer.json();
}

async function start() {
  try {
    info = await json('/manage/console/info');
    if (info.embedded) {
      const { feeds, destination } = await json('/dev/info');
      sender = new Sender(feeds);
      demoDestination = destination;
    }
  } catch {
    setTimeout(start, 2000);
    return;
  }
  letters = new LettersTable(token);
  streams = new StreamsTable(token, sender ? (destination) => sender.end(destination) : null);
  $('version').textContent = `${info.embedded ? 'embedded profile' : 'inspector'} · ${info.version}`;
  listen();
  show(!sender, $('letters-topic'));
  if (sender) {
    sender.onsent = () => letters.refresh();
    $('destinations').value = demoDestination;
    connect();
  } else {
    $('curl').textContent = curl('/api/events/user', []);
    $('destinations').focus();
  }
}

start();
