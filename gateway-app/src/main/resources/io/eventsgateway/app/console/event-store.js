// The last events in the order they came, and those of them that pass the filter.

const MOST_EVENTS = 10_000;
const MOST_CHARACTERS = 50e6;

/** Dropped at once, so that dropping costs little for each event. */
const DROP = 500;

export class EventStore {
  /** All that pass the filter and came before a pause. Read only. */
  visible = [];
  /** How many of the visible ones were dropped from the front. */
  dropped = 0;
  /** How many came since the pause began; null where there is none. */
  held = null;
  /** How many were dropped since the pause began, before it or since. */
  lost = 0;
  /** How many of each name there are. */
  names = new Map();
  #events = [];
  #characters = 0;
  #next = 1;
  #filter = { text: '', name: '' };

  /** Takes an event, and gives it a number. */
  add(event) {
    event.number = this.#next++;
    this.#events.push(event);
    this.#characters += event.data.length + event.frame.length;
    this.names.set(event.type, (this.names.get(event.type) ?? 0) + 1);
    if (this.held !== null) {
      this.held++;
    } else if (this.#passes(event)) {
      this.visible.push(event);
    }
    if (this.#events.length > MOST_EVENTS) {
      this.#drop(DROP);
    }
    while (this.#characters > MOST_CHARACTERS && this.#events.length > 1) {
      this.#drop(1);
    }
  }

  #drop(count) {
    const gone = this.#events.splice(0, count);
    if (this.held !== null) {
      this.lost += gone.length;
    }
    for (const event of gone) {
      this.#characters -= event.data.length + event.frame.length;
      const left = this.names.get(event.type) - 1;
      left ? this.names.set(event.type, left) : this.names.delete(event.type);
    }
    const oldest = this.#events[0].number;
    const first = this.visible.findIndex((each) => each.number >= oldest);
    const dropped = first < 0 ? this.visible.length : first;
    this.visible.splice(0, dropped);
    this.dropped += dropped;
  }

  #passes({ type, destination, data }) {
    const { text, name } = this.#filter;
    return (!name || type === name) && (!text || `${type}\n${destination}\n${data}`.toLowerCase().includes(text));
  }

  /** Shows what has a text in its name, destination or data, in any case, and a name. Empty is all. */
  filter(text, name) {
    this.#filter = { text: text.trim().toLowerCase(), name };
    const until = this.#next - (this.held ?? 0);
    this.visible = this.#events.filter((each) => each.number < until && this.#passes(each));
  }

  /** Shows nothing new; it is kept for later. */
  pause() {
    this.held = 0;
    this.lost = 0;
  }

  resume() {
    this.held = null;
    this.filter(this.#filter.text, this.#filter.name);
  }

  clear() {
    this.visible = [];
    this.#events = [];
    this.#characters = 0;
    this.names.clear();
    this.held = this.held === null ? null : 0;
    this.lost = 0;
  }
}

/** An event as a line of JSON. Data that is JSON stays as it was written, since numbers may be larger than this language's. */
export function jsonLine({ at, type, destination, id, data, frame }) {
  const head = JSON.stringify({ received: new Date(at).toISOString(), event: type, destination: destination || undefined, id, frame });
  return `${head.slice(0, -1)},${isJson(data) ? `"data":${data.replaceAll(/[\r\n]+/g, ' ')}` : `"text":${JSON.stringify(data)}`}}`;
}

function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
