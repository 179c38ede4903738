// The embedded profile's page: one EventSource, its books, and a form that sends records.

const ROWS = 200;
const NAMES = ['message', 'processMetadata', 'processState', 'data', 'runAction', 'generalData', 'tokenState', 'newProcessStarted',
  'chatHistory', 'agentMessage', 'agentResponse', 'workflowSuccess', 'workflowError', 'chatError', 'uploadSuccess', 'uploadError',
  'handleIntent', 'heartbeat', 'reset', 'disconnect', 'token-expiring', 'token-expired'];
const STATES = { connecting: 'Connecting', open: 'Connected', reconnecting: 'Reconnecting', ended: 'Ended' };

const $ = (id) => document.getElementById(id);

let info;
let source;
let demo;
let heard;
let books;

function newBooks() {
  return { count: 0, reconnects: 0, opened: false, openedAt: 0, position: '', next: null, seen: new Set(), missing: 0, twice: 0, delays: [] };
}

function setState(state) {
  $('state').dataset.state = state;
  $('state-text').textContent = STATES[state];
}

function subscribe(destination) {
  source?.close();
  books = newBooks();
  heard = new Set();
  demo = destination === info.destination;
  $('process').hidden = !demo;
  $('destination').value = destination;
  $('events').replaceChildren();
  $('empty').hidden = false;
  $('curl').textContent = `curl -N ${location.origin}${path(destination)}`;
  setState('connecting');
  show();
  source = new EventSource(`${path(destination)}?from=earliest`);
  source.onopen = () => {
    books.opened = true;
    books.openedAt = Date.now();
    setState('open');
  };
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED) {
      setState('ended');
    } else if ($('state').dataset.state !== 'reconnecting') {
      books.reconnects += books.opened ? 1 : 0;
      setState(books.opened ? 'reconnecting' : 'connecting');
      show();
    }
  };
  NAMES.forEach(listen);
}

function path(destination) {
  return `/api/events/${destination.split('/').map(encodeURIComponent).join('/')}`;
}

function listen(name) {
  if (!heard.has(name)) {
    heard.add(name);
    source.addEventListener(name, received);
  }
}

function received(event) {
  let data = null;
  try {
    data = JSON.parse(event.data);
  } catch {
    // shown as it is
  }
  books.count++;
  books.position = event.lastEventId || books.position;
  if (event.type === 'reset') {
    books.next = null;
    books.seen.clear();
  }
  if (demo && Number.isInteger(data?.n)) {
    keepBooks(data.n);
    drawProcess(event.type, data);
  }
  const delay = Number.isInteger(data?.at) ? Date.now() - data.at : null;
  const live = delay !== null && data.at >= books.openedAt;
  if (live) {
    books.delays.push(delay);
    books.delays = books.delays.slice(-50);
  }
  addRow(event, data, live ? `${delay} ms` : delay === null ? '' : 'replayed');
  show();
}

/** The demo process numbers its events without a hole; so whatever is missing or comes twice is seen. */
function keepBooks(n) {
  if (books.seen.has(n)) {
    books.twice++;
  } else if (books.next !== null && n > books.next) {
    books.missing += n - books.next;
  }
  books.seen.add(n);
  books.next = n + 1;
}

function show() {
  const sorted = [...books.delays].sort((a, b) => a - b);
  $('count').textContent = books.count;
  $('delay').textContent = sorted.length ? sorted[Math.floor(sorted.length / 2)] : '–';
  $('missing').textContent = books.missing;
  $('twice').textContent = books.twice;
  $('reconnects').textContent = books.reconnects;
  $('position').textContent = books.position || '–';
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function addRow(event, data, when) {
  const summary = document.createElement('summary');
  summary.append(element('span', 'name', event.type), element('span', 'data', event.data), element('span', 'when', when));
  const body = document.createElement('pre');
  body.textContent = data === null ? event.data : JSON.stringify(data, null, 2);
  const details = document.createElement('details');
  details.append(summary, element('p', 'id', `Position ${event.lastEventId}`), body);
  const row = document.createElement('li');
  row.className = 'new';
  row.dataset.event = event.type;
  row.dataset.id = event.lastEventId;
  row.append(details);
  const rows = $('events');
  rows.prepend(row);
  while (rows.children.length > ROWS) {
    rows.lastElementChild.remove();
  }
  $('empty').hidden = true;
}

function drawProcess(name, data) {
  const steps = [...$('steps').children];
  if (name === 'newProcessStarted') {
    $('instance').textContent = data.instance;
    steps.forEach((step) => delete step.dataset.state);
    $('facts').textContent = 'Started';
  } else if (name === 'tokenState') {
    const step = steps.find((each) => each.dataset.node === data.node);
    if (step) {
      step.dataset.state = data.state;
    }
  } else if (name === 'data') {
    $('facts').textContent = `Amount ${Number(data.amount).toLocaleString('en')} · score ${data.score}`;
  } else if (name === 'processState') {
    $('facts').textContent = `${$('facts').textContent} · ${data.state}`;
  }
}

function checkJson() {
  try {
    JSON.parse($('value').value);
    $('json').textContent = '';
  } catch (wrong) {
    $('json').textContent = 'This is no JSON; sent anyway, it goes to the dead letters.';
  }
}

async function send(form) {
  const name = form.get('event').trim();
  if (name) {
    listen(name);
  }
  try {
    const answer = await fetch(`/dev/records/${encodeURIComponent(form.get('topic'))}?key=${encodeURIComponent(form.get('key'))}`, {
      method: 'POST',
      body: form.get('value'),
      headers: name ? { 'Fx-Event': name } : {},
    });
    const body = await answer.json();
    tell(answer.ok, answer.ok ? `Taken by feed ${body.feed}.` : answer.status === 422 ? `Went to the dead letters: ${body.detail}.` : body.detail);
  } catch (unreachable) {
    tell(false, 'The gateway can’t be reached.');
  }
}

function tell(good, text) {
  $('answer').dataset.kind = good ? 'good' : 'bad';
  $('answer').textContent = text;
}

async function start() {
  try {
    info = await (await fetch('/dev/info')).json();
  } catch (unreachable) {
    setTimeout(start, 2000);
    return;
  }
  $('version').textContent = `embedded profile · ${info.version}`;
  for (const feed of info.feeds) {
    const option = element('option', '', feed.topic);
    option.value = feed.topic;
    $('topic').append(option);
  }
  $('key').value = info.destination.slice(info.destination.indexOf('/') + 1);
  $('value').value = JSON.stringify({ greeting: 'Hello from this page' }, null, 2);
  $('value').addEventListener('input', checkJson);
  $('subscribe').addEventListener('submit', (submitted) => {
    submitted.preventDefault();
    subscribe($('destination').value.trim());
  });
  $('send').addEventListener('submit', (submitted) => {
    submitted.preventDefault();
    send(new FormData(submitted.target));
  });
  subscribe(info.destination);
}

start();
