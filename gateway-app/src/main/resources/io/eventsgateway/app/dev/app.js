// The embedded profile's page: one EventSource, what it brings, and a form that sends records.

const $ = (id) => document.getElementById(id);

const MAX_ROWS = 200;
const MAX_SHOWN = 100_000;
const CONTROL = ["reset", "disconnect", "token-expiring", "token-expired"];
// EventSource hands a named event only to listeners of that name, so every name has to be known beforehand.
const NAMES = new Set([
  "message", "processMetadata", "processState", "data", "runAction", "generalData", "tokenState", "newProcessStarted",
  "chatHistory", "agentMessage", "agentResponse", "workflowSuccess", "workflowError", "chatError", "uploadSuccess",
  "uploadError", "handleIntent", "heartbeat", ...CONTROL,
]);
const NODES = ["application-received", "check-identity", "score-risk", "decide", "notify-customer"];
const ID_MEMBERS = { processInstanceUuid: "process-instance", processUuid: "process", viewId: "view", userId: "user" };

let info = { destination: "process-instance/demo", feeds: [] };

// ---- small things

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

const plural = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

const time = (millis) => new Date(millis).toLocaleTimeString("en-GB");

const shorten = (id) => (id.length > 16 ? `${id.slice(0, 6)}…${id.slice(-7)}` : id);

function setText(id, text) {
  if ($(id).textContent !== String(text)) {
    $(id).textContent = text;
  }
}

async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // The clipboard is for secure contexts; this page may be read over plain HTTP from another machine.
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button.focus();
  }
  if (button.dataset.label === undefined) {
    button.dataset.label = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => {
      button.textContent = button.dataset.label;
      delete button.dataset.label;
    }, 1200);
  }
}

// ---- the check: the demo engine numbers its events without gaps

class Sequence {
  missing = 0;
  twice = 0;
  seen = 0;
  #next;
  #gaps = [];

  /** The numbers begin anew; what was missing stays missing. */
  restart() {
    this.#next = undefined;
    this.#gaps = [];
  }

  see(n) {
    this.seen++;
    if (this.#next === undefined || n === this.#next) {
      this.#next = n + 1;
    } else if (n > this.#next) {
      this.#gaps.push([this.#next, n - 1]);
      this.missing += n - this.#next;
      this.#next = n + 1;
    } else {
      this.#late(n);
    }
  }

  #late(n) {
    const at = this.#gaps.findIndex(([first, last]) => first <= n && n <= last);
    if (at < 0) {
      this.twice++;
      return;
    }
    const [first, last] = this.#gaps[at];
    this.#gaps.splice(at, 1, ...[[first, n - 1], [n + 1, last]].filter(([from, to]) => from <= to));
    this.missing--;
  }
}

// ---- the connection

const stream = {
  source: undefined,
  destination: undefined,
  state: "connecting",
  note: "",
  openedAt: undefined,
  attempts: 0,
  reconnects: 0,
  position: "",
  reason: undefined,
  count: 0,
  delays: [],
  sequence: new Sequence(),
};

/** The path of a destination's stream: "type/id", or "user" for the caller's own. */
function pathOf(destination) {
  const [type, ...id] = destination.split("/");
  return ["/api/events", type, ...(id.length ? [id.join("/")] : [])]
    .map((part, index) => (index ? encodeURIComponent(part) : part))
    .join("/");
}

/** Listens to a destination from its oldest event. */
function listen(destination) {
  Object.assign(stream, {
    destination, openedAt: undefined, reconnects: 0, position: "", count: 0, delays: [], sequence: new Sequence(),
  });
  process.begin();
  process.state = "";
  log.clear();
  $("destination").value = destination;
  $("process").hidden = destination !== info.destination;
  setText("command", `curl -N ${location.origin}${pathOf(destination)}`);
  const address = new URL(location.href);
  if (destination === info.destination) {
    address.searchParams.delete("destination");
  } else {
    address.searchParams.set("destination", destination);
  }
  history.replaceState(null, "", address);
  if (feed() && !form.edited) {
    fillExample();
  }
  connect();
}

/** Opens the stream, after the position if there is one. */
function connect() {
  stream.source?.close();
  const query = new URLSearchParams({ from: "earliest" });
  if (stream.position) {
    query.set("lastEventId", stream.position);
  }
  const source = new EventSource(`${pathOf(stream.destination)}?${query}`);
  stream.source = source;
  stream.attempts = 0;
  stream.reason = undefined;
  source.onopen = opened;
  source.onerror = failed;
  NAMES.forEach((name) => source.addEventListener(name, received));
  show("connecting", "Waiting for the first byte.");
}

function opened() {
  const again = stream.openedAt !== undefined;
  stream.openedAt = Date.now();
  stream.attempts = 0;
  stream.reason = undefined;
  if (again) {
    stream.reconnects++;
  }
  const quiet = info.heartbeatSeconds ? `, a heartbeat every ${info.heartbeatSeconds} s` : "";
  show("open", again ? `Resumed at ${time(stream.openedAt)} where it was lost` : `Since ${time(stream.openedAt)}${quiet}`);
  if (again || info.feeds.length === 0) {
    learn();
  }
}

function failed() {
  if (stream.source.readyState === EventSource.CLOSED) {
    show("ended", stream.reason ?? "The gateway ended it.");
    explain(stream.source);
    return;
  }
  stream.attempts++;
  const tried = stream.attempts > 1 ? `, ${stream.attempts} attempts so far` : "";
  show("reconnecting", `${stream.reason ?? "Connection lost."} The browser tries again by itself${tried}.`);
}

/** EventSource keeps the answer to itself when it gives up; asking once more tells why. */
async function explain(source) {
  const asking = new AbortController();
  try {
    const answer = await fetch(source.url, { headers: { Accept: "text/event-stream" }, signal: asking.signal });
    if (stream.source !== source) {
      return;
    }
    if (answer.status === 204) {
      show("ended", stream.reason ?? "The destination was disconnected.");
    } else if (!answer.ok) {
      const problem = parse(await answer.text());
      show("ended", `${answer.status}: ${problem?.detail ?? problem?.title ?? answer.statusText}`);
    }
  } catch {
    // gone altogether: what the page says already is all there is to say
  } finally {
    asking.abort();
  }
}

function received(event) {
  const { type, data, lastEventId } = event;
  const payload = parse(data);
  const at = isObject(payload) && Number.isFinite(payload.at) ? payload.at : undefined;
  stream.count++;
  stream.position = lastEventId || stream.position;
  if (type === "reset") {
    stream.sequence.restart();
    process.begin();
    const reason = payload?.reason ? `: ${payload.reason}` : "";
    show("open", `Could not resume${reason}. From the oldest event at ${time(Date.now())}`);
  } else if (type === "disconnect") {
    const reason = isObject(payload) ? payload.reason : payload;
    stream.reason = reason ? `Disconnected: ${reason}.` : "Disconnected.";
  }
  let delay = "–";
  if (at !== undefined && at < stream.openedAt) {
    delay = "replayed";
  } else if (at !== undefined) {
    const millis = Date.now() - at;
    delay = `${millis} ms`;
    stream.delays.push(millis);
    stream.delays.splice(0, stream.delays.length - MAX_ROWS);
  }
  if (at !== undefined && Number.isSafeInteger(payload.n)) {
    stream.sequence.see(payload.n);
  }
  if (isObject(payload)) {
    process.take(type, payload);
  }
  log.add({ type, data: data.slice(0, MAX_SHOWN), cut: data.length > MAX_SHOWN, id: lastEventId, delay });
}

function show(state, note) {
  stream.state = state;
  stream.note = note;
  const words = { connecting: "Connecting", open: "Open", reconnecting: "Reconnecting", ended: "Ended" };
  $("state").dataset.state = state;
  setText("state", words[state]);
  setText("note", note);
  $("again").hidden = state !== "ended";
  draw();
}

// ---- the demo process, as far as its events tell

const process = {
  instance: undefined,
  state: "",
  progress: 0,
  facts: {},
  nodes: new Map(),

  begin(instance) {
    Object.assign(this, { instance, state: "running", progress: 0, facts: {}, nodes: new Map() });
  },

  take(type, payload) {
    if (type === "newProcessStarted" || (payload.instance !== undefined && payload.instance !== this.instance)) {
      this.begin(payload.instance);
    }
    if (type === "tokenState" && NODES.includes(payload.node)) {
      this.nodes.set(payload.node, payload.state);
    } else if (type === "processState" && typeof payload.state === "string") {
      this.state = payload.state;
    } else if (type === "processMetadata" && Number.isFinite(payload.progress)) {
      this.progress = payload.progress;
    } else if (type === "data") {
      const { amount = this.facts.amount, score = this.facts.score } = payload;
      this.facts = { amount, score };
    }
  },

  draw() {
    const { amount, score } = this.facts;
    const facts = [
      Number.isFinite(amount) && `amount ${amount.toLocaleString("en")}`,
      Number.isFinite(score) && `score ${score}`,
      this.instance !== undefined && this.state,
      this.instance !== undefined && `${this.progress} %`,
    ].filter(Boolean);
    setText("instance", this.instance === undefined ? "" : `no. ${this.instance}`);
    setText("facts", facts.join(" · ") || "Waiting for an event of the demo process.");
    $("progress").value = this.progress;
    for (const step of $("steps").children) {
      const state = this.nodes.get(step.dataset.node) ?? "waiting";
      if (step.dataset.state !== state) {
        step.dataset.state = state;
        step.querySelector(".word").textContent = state;
      }
    }
  },
};

NODES.forEach((node, index) => {
  const step = document.createElement("li");
  const [mark, number, label, word] = ["span", "span", "span", "span"].map((tag) => document.createElement(tag));
  const words = node.replaceAll("-", " ");
  step.dataset.node = node;
  mark.className = "mark";
  mark.ariaHidden = "true";
  number.textContent = index + 1;
  mark.append(number);
  label.className = "label";
  label.textContent = words[0].toUpperCase() + words.slice(1);
  word.className = "word";
  step.append(mark, label, word);
  $("steps").append(step);
});

// ---- the rows

const log = {
  waiting: [],
  held: 0,
  paused: false,

  add(event) {
    this.held++;
    this.waiting.push(event);
    if (this.waiting.length > MAX_ROWS) {
      this.waiting.shift();
    }
    draw();
  },

  clear() {
    Object.assign(this, { waiting: [], held: 0 });
    $("events").replaceChildren();
  },

  /** Nothing moves under a reader: not while paused, scrolled away from the top, or with a payload open. */
  holds() {
    return this.paused || $("scroller").scrollTop > 8 || $("events").querySelector("[aria-expanded=true]") !== null;
  },

  follow() {
    this.paused = false;
    $("pause").ariaPressed = "false";
    $("events").querySelectorAll("[aria-expanded=true]").forEach((button) => button.click());
    $("scroller").scrollTop = 0;
    this.draw();
  },

  draw() {
    if (!this.holds() && this.waiting.length) {
      const rows = this.waiting.map(row).reverse();
      $("events").prepend(...rows);
      [...$("events").children].slice(MAX_ROWS).forEach((old) => old.remove());
      Object.assign(this, { waiting: [], held: 0 });
    }
    setText("log-note", this.holds() ? "Held while you read." : `Newest first, the last ${MAX_ROWS}.`);
    $("newer").hidden = this.held === 0;
    setText("newer", `Show ${plural(this.held, "new event")}`);
    $("empty").hidden = $("events").childElementCount > 0;
  },
};

function row(event) {
  const item = $("row").content.cloneNode(true).firstElementChild;
  const [name, payload, delay, id, full] = item.children;
  item.dataset.event = event.type;
  item.dataset.id = event.id;
  item.dataset.kind = CONTROL.includes(event.type) ? "control" : "data";
  item.classList.toggle("new", event.delay !== "replayed");
  name.textContent = event.type;
  name.title = event.type;
  payload.textContent = event.data.slice(0, 300) || "no data";
  delay.textContent = event.delay;
  id.textContent = shorten(event.id) || "no id";
  id.title = event.id;
  id.ariaLabel = `Copy position ${event.id}`;
  id.disabled = !event.id;
  id.addEventListener("click", () => copy(event.id, id));
  payload.addEventListener("click", () => {
    const open = full.hidden;
    const parsed = event.cut ? undefined : parse(event.data);
    full.textContent = parsed === undefined ? event.data + (event.cut ? "\n… cut here" : "") : JSON.stringify(parsed, null, 2);
    full.hidden = !open;
    payload.ariaExpanded = String(open);
    draw();
  });
  return item;
}

// ---- drawing: at most every 40 ms, however many events a replay brings

let drawing;

function draw() {
  drawing ??= setTimeout(() => {
    drawing = undefined;
    log.draw();
    process.draw();
    drawNumbers();
  }, 40);
}

function drawNumbers() {
  const { count, delays, sequence, reconnects, position } = stream;
  const sorted = delays.toSorted((a, b) => a - b);
  setText("count", count);
  setText("delay", delays.length ? `${delays.at(-1)} ms` : "–");
  setText("median", sorted.length ? `${sorted[sorted.length >> 1]} ms` : "–");
  setText("missing", sequence.missing);
  setText("twice", sequence.twice);
  setText("checked", sequence.seen ? `of ${plural(sequence.seen, "numbered event")}` : "no numbered events yet");
  $("check").toggleAttribute("data-wrong", sequence.missing + sequence.twice > 0);
  setText("reconnects", reconnects);
  setText("position", position);
  $("position").title = position;
}

// ---- sending a record

const form = { edited: false };

const feed = () => info.feeds.find((each) => each.topic === $("topic").value);

/** A record that can be sent as it is; on the topic of the destination listened to it shows up in the stream at once. */
function example({ type, kind }) {
  const [listenedType, listenedId] = (stream.destination ?? info.destination).split("/");
  const id = type === "user" ? "*" : type === listenedType && listenedId ? listenedId : "demo";
  const destination = { type, id };
  const value = {
    message: { destination, event: "generalData", data: { text: "Hello from this page" } },
    connect: { destination },
    disconnect: { destination, reason: "tried out" },
  }[kind];
  return { key: id, value: JSON.stringify(value, null, 2) };
}

function fillExample() {
  const { key, value } = example(feed());
  $("key").value = key;
  $("event").value = "";
  $("value").value = value;
  form.edited = false;
  validate();
}

function topicChosen() {
  const { topic, kind, type } = feed();
  const does = { message: "Appends an event", connect: "Opens a destination", disconnect: "Ends a destination's streams" }[kind];
  setText("topic-note", `${does}; type ${type} unless the value names another.`);
  $("topic-name").replaceChildren(...topic.split(/(?<=\.)/).flatMap((part) => [part, document.createElement("wbr")]));
  if (!form.edited) {
    fillExample();
  }
}

function validate() {
  let wrong = "";
  try {
    JSON.parse($("value").value);
  } catch (fault) {
    wrong = fault.message;
  }
  $("value").ariaInvalid = String(Boolean(wrong));
  $("value-note").dataset.kind = wrong ? "wrong" : "";
  setText("value-note", wrong && `Not JSON: ${wrong}. Sent anyway, it goes to the dead letters.`);
  setText("submit", wrong ? "Send anyway" : "Send");
}

/** Where the record will show up, as far as it says so itself. */
function destinationOf(value, key) {
  const byMember = isObject(value) && Object.keys(ID_MEMBERS).find((member) => typeof value[member] === "string");
  if (isObject(value) && isObject(value.destination)) {
    return `${value.destination.type ?? feed().type}/${value.destination.id ?? key}`;
  } else if (isObject(value) && typeof value.destination === "string") {
    return value.destination;
  } else if (byMember) {
    return `${ID_MEMBERS[byMember]}/${value[byMember]}`;
  }
  return key ? `${feed().type}/${key}` : undefined;
}

function know(name) {
  if (typeof name === "string" && name && !NAMES.has(name)) {
    NAMES.add(name);
    stream.source?.addEventListener(name, received);
    fillNames();
  }
}

async function send() {
  const [topic, key, event, text] = ["topic", "key", "event", "value"].map((id) => $(id).value);
  const value = parse(text);
  if (isObject(value)) {
    [value.event, value.messageType, value.type].forEach(know);
  }
  know(event);
  $("submit").disabled = true;
  try {
    const query = key ? `?${new URLSearchParams({ key })}` : "";
    const headers = { "Content-Type": "application/json", ...(event && { "Fx-Event": event }) };
    const answer = await fetch(`/dev/records/${encodeURIComponent(topic)}${query}`, { method: "POST", headers, body: text });
    const body = parse(await answer.text());
    if (answer.ok) {
      taken(destinationOf(value, key));
    } else if (answer.status === 422) {
      tell("rejected", `Went to the dead letters: ${body?.detail ?? body?.title ?? "no reason given"}`);
    } else {
      tell("rejected", `Not taken, ${answer.status}: ${body?.detail ?? body?.title ?? answer.statusText}`);
    }
  } catch (fault) {
    tell("rejected", `Not sent: ${fault.message}`);
  } finally {
    $("submit").disabled = false;
  }
}

function taken(destination) {
  if (!destination || destination === stream.destination) {
    tell("taken", `Taken at ${time(Date.now())}.`);
    return;
  }
  const there = destination.startsWith("user/") ? "user" : destination;
  if (there === stream.destination) {
    tell("taken", `Taken at ${time(Date.now())}.`);
    return;
  }
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link";
  button.textContent = "Listen to it";
  button.addEventListener("click", () => listen(there));
  tell("taken", `Taken at ${time(Date.now())}, for ${destination}.`, button);
}

function tell(kind, ...parts) {
  $("result").dataset.kind = kind;
  $("result").replaceChildren(...parts);
}

// ---- what the gateway says about itself

function fillNames() {
  $("names").replaceChildren(...[...NAMES].map((name) => new Option(name, name)));
}

function fillFeeds() {
  const chosen = $("topic").value;
  $("topic").replaceChildren(...info.feeds.map(({ name, topic }) => new Option(name, topic)));
  const usual = info.feeds.find(({ topic }) => topic === chosen)
    ?? info.feeds.find(({ type, kind }) => kind === "message" && info.destination.startsWith(`${type}/`))
    ?? info.feeds[0];
  $("topic").value = usual.topic;
  $("topic").disabled = $("submit").disabled = false;
  $("destinations").replaceChildren(
    ...[...new Set(info.feeds.map(({ type }) => type))].map((type) => new Option(type === "user" ? type : `${type}/demo`)));
  topicChosen();
}

/** Asks anew on every opening: after a restart it may be another replica or version. */
async function learn() {
  let told;
  try {
    const answer = await fetch("/dev/info");
    told = await answer.json();
  } catch {
    return; // not up, or not any more: the stream's state says so, and its next opening asks again
  }
  const changed = JSON.stringify(told.feeds) !== JSON.stringify(info.feeds);
  info = { ...info, ...told };
  setText("about", [info.version, "embedded", info.replica && `replica ${info.replica}`].filter(Boolean).join(" · "));
  if (changed && info.feeds.length) {
    fillFeeds();
  }
}

// ---- wiring

$("listen").addEventListener("submit", (submitted) => {
  submitted.preventDefault();
  listen($("destination").value.trim());
});
$("again").addEventListener("click", connect);
// A browser keeps no page with an open connection for "back", and an aborted stream is no failure to explain.
addEventListener("pagehide", () => stream.source?.close());
addEventListener("pageshow", (shown) => {
  if (shown.persisted) {
    connect();
  }
});
$("pause").addEventListener("click", () => {
  if (log.paused) {
    log.follow();
  } else {
    log.paused = true;
    $("pause").ariaPressed = "true";
    draw();
  }
});
$("newer").addEventListener("click", () => log.follow());
$("scroller").addEventListener("scroll", draw, { passive: true });
$("topic").addEventListener("change", topicChosen);
$("example").addEventListener("click", fillExample);
["key", "event", "value"].forEach((id) => $(id).addEventListener("input", () => (form.edited = true)));
$("value").addEventListener("input", validate);
$("send").addEventListener("submit", (submitted) => {
  submitted.preventDefault();
  send();
});
document.querySelectorAll("[data-copies]").forEach((button) => {
  button.addEventListener("click", () => copy($(button.dataset.copies).textContent, button));
});

fillNames();
process.draw();
await learn();
listen(new URLSearchParams(location.search).get("destination") || info.destination);
