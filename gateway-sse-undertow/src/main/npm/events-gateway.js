/*! events-gateway, Apache-2.0 */
// Event streams of the events gateway, read with fetch. docs/clients.md says what it does in each situation.
const g = globalThis;
const CANNOT_STREAM = { status: 0, detail: "This runtime's fetch does not stream; pass one that does as the option fetch." };

/** A fault of a listener is reported as any uncaught one, and never looks like a broken connection. */
const attempt = (code) => {
  try {
    code();
  } catch (fault) {
    setTimeout(() => { throw fault; });
  }
};

// React Native lacks these two.
const Target = g.EventTarget ?? class {
  #sets = {};
  addEventListener(type, listener) { (this.#sets['on' + type] ??= new Set()).add(listener); }
  removeEventListener(type, listener) { this.#sets['on' + type]?.delete(listener); }
  dispatchEvent(event) { this.#sets['on' + event.type]?.forEach((each) => attempt(() => each.call(this, event))); }
};
const Message = g.MessageEvent ?? class {
  constructor(type, init) { Object.assign(this, init, { type }); }
};

/** Parses one connection's bytes (HTML standard, section 9.2.6). A frame without data only moves the position. */
export function parser(lastEventId, onframe, onretry) {
  const decoder = new TextDecoder();
  let rest = '', afterCr, type, data, destination;
  const line = (text) => {
    const [, name, value = ''] = /^([^:]*)(?:: ?([^]*))?$/.exec(text);
    if (!text) {
      const frame = { type: type || 'message', data, destination, lastEventId };
      type = data = destination = undefined;
      onframe(frame);
    } else if (name === 'data') data = data === undefined ? value : data + '\n' + value;
    else if (name === 'event') type = value;
    else if (name === 'destination') destination = value;
    else if (name === 'id' && !value.includes('\0')) lastEventId = value;
    else if (name === 'retry' && /^\d+$/.test(value)) onretry(+value);
  };
  return (bytes) => {
    let text = decoder.decode(bytes, { stream: true });
    if (!text) return;
    if (afterCr && text[0] === '\n') text = text.slice(1);
    afterCr = text.endsWith('\r');
    const lines = text.split(/\r\n?|\n/);
    lines[0] = rest + lines[0];
    rest = lines.pop();
    lines.forEach(line);
  };
}

export class EventStream extends Target {
  readyState = 0;
  lastEventId;
  #options;
  #url;
  #over = new AbortController();
  #why;
  #queues = new Set();
  #room;
  // the own connection
  #reading;
  #round;
  #wake;
  #hurry;
  #later;
  #retry = 3000;
  #failures = 0;
  #token;
  #refused;
  // sharing
  #channel;
  #leads;
  #ask;
  #patience;
  #ahead = [];

  constructor(url, options = {}) {
    super();
    const { destinations = [], from, lastEventId, share, signal, silence = 45000 } = options;
    this.#options = { ...options, silence };
    const query = destinations.map((each) => 'destination=' + encodeURIComponent(each)).concat(from ? 'from=' + from : []);
    this.#url = url + (query[0] ? (`${url}`.includes('?') ? '&' : '?') + query.join('&') : '');
    this.lastEventId = lastEventId || '';
    const over = this.#over.signal;
    signal?.addEventListener('abort', () => this.close(), { signal: over });
    g.addEventListener?.('online', this.#again, { signal: over });
    const locks = g.navigator?.locks;
    if (signal?.aborted) this.close();
    else if (share && locks && g.BroadcastChannel) this.#share(`events-gateway ${share} ${this.#url}`, locks, over);
    else this.#read(true);
  }

  close() { this.#finish(); }

  async *[Symbol.asyncIterator]() {
    const queue = [];
    this.#queues.add(queue);
    try {
      while (queue[0] || this.readyState < 2) {
        if (queue[0]) {
          yield queue.shift();
          this.#room?.();
        } else await new Promise((wake) => { queue.wake = wake; });
      }
      const why = this.#why;
      if (why && why.status !== 204) throw Object.assign(new Error(why.detail), why);
    } finally {
      this.#queues.delete(queue);
      this.close();
    }
  }

  #call(name, value) { attempt(() => this.#options[name]?.(value)); }

  #open() {
    if (this.readyState) return;
    this.readyState = 1;
    this.#call('onopen');
  }

  #finish(why) {
    if (this.readyState > 1) return;
    this.readyState = 2;
    this.#why = why;
    if (why && this.#leads) this.#channel.postMessage([0, 0, why]);
    this.#read(false);
    clearTimeout(this.#patience);
    this.#channel?.close();
    this.#over.abort();
    for (const queue of this.#queues) queue.wake?.();
    this.#room?.();
    if (why) this.#call('onend', why);
  }

  #take({ type, data, destination, lastEventId }) {
    const moved = lastEventId !== this.lastEventId;
    this.lastEventId = lastEventId;
    if (data !== undefined) {
      const event = Object.assign(new Message(type, { data, lastEventId }), { destination });
      this.#call('onevent', event);
      if (type === 'reset') this.#call('onreset', event);
      if (type === 'token-expiring') this.#call('ontokenexpiring', event);
      this.dispatchEvent(event);
      for (const queue of this.#queues) {
        queue.push(event);
        queue.wake?.();
      }
    }
    if (moved) this.#call('onposition', lastEventId);
  }

  /** Whether there is to be a connection of its own. */
  #read(on) {
    this.#reading = on;
    if (!on) {
      this.#ahead = [];
      this.#again();
    } else if (!this.#round) this.#loop();
  }

  #again = () => {
    this.#hurry = true;
    this.#round?.abort();
    this.#wake?.();
  };

  async #loop() {
    while (this.#reading) {
      const round = (this.#round = new AbortController());
      this.#hurry = this.#later = 0;
      const why = await this.#connect(round).catch((error) => ({ error: round.signal.reason ?? error }));
      round.abort();
      if (!this.#reading) break;
      this.readyState = 0;
      if (this.#leads) this.#post();
      // at least what the server asks for, and above it full jitter that grows
      const wait = this.#hurry ? 0 : Math.min(3600000, Math.max(this.#retry, this.#later)
        + Math.random() * Math.min(30000, Math.max(1000, this.#retry) * 2 ** this.#failures++));
      let timer;
      await new Promise((wake) => {
        this.#wake = wake;
        timer = setTimeout(wake, wait);
        this.#call('onretry', { ...why, wait });
      });
      clearTimeout(timer);
    }
    this.#round = undefined;
  }

  async #connect(round) {
    const { token, fetch = g.fetch, headers, credentials, silence } = this.#options;
    const { signal } = round;
    const bearer = this.#token ?? (await token?.(this.#refused ? 'refused' : 'connect'));
    this.#token = undefined;
    if (fetch === g.fetch && !new Response('x').body) return this.#finish(CANNOT_STREAM);
    // by the clock, since timers stand still while a computer sleeps
    let heard = Date.now();
    const watch = setInterval(() => {
      if (Math.abs(Date.now() - heard) > silence) round.abort(new Error(`Nothing came for ${silence} ms.`));
    }, silence / 9);
    try {
      const response = await fetch(this.#url, {
        signal,
        credentials,
        cache: 'no-store',
        headers: {
          Accept: 'text/event-stream',
          ...headers,
          ...(bearer && { Authorization: 'Bearer ' + bearer }),
          ...(this.lastEventId && { 'Last-Event-ID': this.lastEventId }),
        },
      });
      const { status, body } = response;
      const header = (name) => response.headers.get(name);
      const type = header('content-type');
      if (status === 200 && /^text\/event-stream/i.test(type)) {
        if (!body?.getReader) return this.#finish(CANNOT_STREAM);
        this.#failures = this.#refused = 0;
        this.#open();
        const renew = async () => {
          try {
            const next = await token('expiring');
            if (next === bearer || signal.aborted) return;
            this.#token = next;
            this.#again();
          } catch {
            // asked again when the stream ends
          }
        };
        const onframe = (frame) => {
          if (signal.aborted) return;
          if (frame.type === 'token-expiring' && token) renew();
          this.#own(frame);
        };
        const feed = parser(this.lastEventId, onframe, (millis) => { this.#retry = millis; });
        const reader = body.getReader();
        for (;;) {
          heard = Date.now();
          const { done, value } = await reader.read();
          heard = NaN;
          if (done) return { status };
          feed(value);
          if (this.#leads) this.#post();
          // the server waits for a slow loop, but other tabs do not
          while (!this.#leads && [...this.#queues].some((queue) => queue.length > 99)) {
            await new Promise((room) => { this.#room = room; });
          }
        }
      }
      if (status === 204) return this.#finish({ status });
      const after = header('retry-after');
      this.#later = (after > 0 ? after * 1000 : Date.parse(after) - Date.now()) || 0;
      // a problem document is the gateway's own word, all else a proxy's, which passes
      const final = status < 500 && type?.startsWith('application/problem+json');
      const { detail } = final && (await response.json());
      if (status === 401 && token && !this.#refused) this.#refused = this.#hurry = true;
      else if (final) this.#finish({ status, detail });
      return { status, detail };
    } finally {
      clearInterval(watch);
    }
  }

  // Tabs that share: the one that has the lock leads; it posts each frame with the position before it. Another takes a frame that
  // begins where it is itself. Else it reads by a connection of its own until it is where one of the leader's frames begins or ends.
  // A leader that is asked and does not answer is frozen: who asked takes the lock from it.

  #share(name, locks, over) {
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = ({ data }) => this.#hear(data);
    const lead = () => {
      if (over.aborted) return;
      clearTimeout(this.#patience);
      this.#leads = true;
      this.#ahead = [];
      this.#channel.postMessage([]);
      this.#read(true);
      return new Promise((release) => over.addEventListener('abort', release));
    };
    const request = (options) => locks.request(name, options, lead).catch(() => {
      if (over.aborted) return;
      if (!this.#leads) return this.#read(true);
      this.#read(false);
      join();
    });
    const join = () => {
      this.#leads = false;
      this.#ask();
      request({ signal: over });
    };
    this.#ask = () => {
      this.#channel.postMessage(0);
      this.#patience = setTimeout(request, 3000 * (1 + Math.random()), { steal: true });
    };
    join();
  }

  #post(before = this.lastEventId, frame = { lastEventId: before }) {
    this.#channel.postMessage([before, frame]);
  }

  #hear(message) {
    if (this.readyState > 1) return;
    if (this.#leads) return message || this.#post();
    if (!message) return;
    clearTimeout(this.#patience);
    this.#patience = setTimeout(this.#ask, 1.5 * this.#options.silence);
    const [before, frame, why] = message;
    if (why) return this.#finish(why);
    if (!frame) return;
    if (!this.lastEventId && this.#options.from !== 'earliest') this.#take({ lastEventId: before });
    const begins = before === this.lastEventId;
    if (begins || frame.lastEventId === this.lastEventId) {
      this.#read(false);
      this.#open();
      if (begins) this.#take(frame);
    } else {
      if (this.#ahead.push(message) > 1999) this.#ahead.shift();
      this.#read(true);
    }
  }

  /** Takes a frame of the own connection. */
  #own(frame) {
    if (this.#leads && !/^token-expir(ing|ed)$/.test(frame.type)) this.#post(this.lastEventId, frame);
    this.#take(frame);
    const at = this.#ahead.findIndex(([before, { lastEventId }]) => [before, lastEventId].includes(this.lastEventId));
    if (at < 0) return;
    const follow = this.#ahead.slice(at);
    this.#read(false);
    follow.forEach((each) => this.#hear(each));
  }
}
