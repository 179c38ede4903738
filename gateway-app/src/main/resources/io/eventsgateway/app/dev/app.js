// The embedded profile's page: one EventSource, its books, and a form that sends records.

const ROWS = 200;
const NAMES = ['message', 'processMetadata', 'processState', 'data', 'runAction', 'generalData', 'tokenState', 'newProcessStarted',
  'chatHistory', 'agentMessage', 'agentResponse', 'workflowSuccess', 'workflowError', 'chatError', 'uploadSuccess', 'uploadError',
  'handleIntent', 'heartbeat', 'reset', 'disconnect', 'token-expiring', 'token-expired'];
const STATES = { connecting: 'Connecting', open: 'Connected', reconnecting: 'Reconnecting', ended: 'Ended' };

const $ = (id) => document.getElementById(id);

const names = new Set(NAMES);

let info;
let source;
let demo;
let books;

function newBooks() {
  return { count: 0, reconnects: 0, openedAt: 0, position: '', last: null, missing: new Set(), twice: 0, delays: [] };
}

function setState(state) {
  $('state').dataset.state = state;
  $('state-text').textContent = STATES[state];
}

function subscribe(destination) {
  source?.close();
  books = newBooks();
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
    books.reconnects += books.openedAt ? 1 : 0;
    books.openedAt = Date.now();
    setState('open');
    show();
  };
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED) {
      setState('ended');
    } else {
      setState(books.openedAt ? 'reconnecting' : 'connecting');
    }
  };
  names.forEach((name) => source.addEventListener(name, received));
}

function path(destination) {
  return `/api/events/${destination.split('/').map(encodeURIComponent).join('/')}`;
}

/** An EventSource hears only the names it was told. */
function listen(name) {
  if (name && !names.has(name)) {
    names.add(name);
    source.addEventListener(name, received);
  }
}

function received(event) {
  const data = parsed(event.data);
  books.count++;
  books.position = event.lastEventId || books.position;
  if (event.type === 'reset') {
    books.last = null;
    books.missing.clear();
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
  if (books.last === null || n > books.last) {
    for (let skipped = (books.last ?? n) + 1; skipped < n; skipped++) {
      books.missing.add(skipped);
    }
    books.last = n;
  } else if (!books.missing.delete(n)) {
    books.twice++;
  }
}

function show() {
  const sorted = [...books.delays].sort((a, b) => a - b);
  $('count').textContent = books.count;
  $('delay').textContent = sorted.length ? sorted[Math.floor(sorted.length / 2)] : '–';
  $('missing').textContent = books.missing.size;
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
  body.textContent = data === undefined ? event.data : JSON.stringify(data, null, 2);
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
    $('progress').value = 0;
    $('facts').textContent = 'Started';
  } else if (name === 'tokenState') {
    const step = steps.find((each) => each.dataset.node === data.node);
    if (step) {
      step.dataset.state = data.state;
    }
  } else if (name === 'processMetadata') {
    $('progress').value = data.progress;
  } else if (name === 'data') {
    $('facts').textContent = `Amount ${Number(data.amount).toLocaleString('en')} · score ${data.score}`;
  } else if (name === 'processState') {
    $('facts').textContent = `${$('facts').textContent} · ${data.state}`;
  }
}

/** The value of a field as JSON; undefined when it is none. */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function checkJson() {
  $('json').textContent =
    parsed($('value').value) === undefined ? 'This is no JSON; sent anyway, it goes to the dead letters.' : '';
}

async function send(form) {
  const name = form.get('event').trim();
  listen(name || parsed(form.get('value'))?.event);
  try {
    const answer = await fetch(`/dev/records/${encodeURIComponent(form.get('topic'))}?key=${encodeURIComponent(form.get('key'))}`, {
      method: 'POST',
      body: form.get('value'),
      headers: { 'Content-Type': 'application/json', ...(name && { 'Fx-Event': name }) },
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
