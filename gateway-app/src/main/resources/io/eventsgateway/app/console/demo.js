// The demo process of the embedded profile, drawn from its events alone, and the books that its numbers allow.

import { $, element, show } from './dom.js';

const DELAYS = 50;

/** So many missing events are known by their numbers, to be crossed out when they come late; more are only counted. */
const MOST_MISSING = 10_000;
const STATES = { active: 'now', done: 'done' };

export class Demo {
  #books;
  #since;

  /** Begins new books. */
  begin() {
    this.#books = { last: null, missing: new Set(), unknown: 0, twice: 0, delays: [] };
    this.#since = Infinity;
    show(true, $('process'), ...document.querySelectorAll('.figures .demo'));
    this.#draw();
  }

  end() {
    show(false, $('process'), ...document.querySelectorAll('.figures .demo'));
  }

  /** Connected; what was sent before is no measure of delay. */
  opened() {
    this.#since = Date.now();
  }

  /** Takes an event of the process, and returns how long it took in milliseconds, if that can be said. */
  take(name, text) {
    if (name === 'reset') {
      this.#books.last = null;
      this.#books.missing.clear();
      this.#books.unknown = 0;
    }
    const data = parsed(text);
    if (!Number.isInteger(data?.n)) {
      return undefined;
    }
    this.#count(data.n);
    this.#step(name, data);
    const delay = data.at >= this.#since ? Date.now() - data.at : undefined;
    if (delay !== undefined) {
      this.#books.delays = [...this.#books.delays, delay].slice(-DELAYS);
    }
    this.#draw();
    return delay;
  }

  /** The demo process numbers its events without a hole; so whatever is missing or comes twice is seen. */
  #count(n) {
    const books = this.#books;
    if (books.last === null || n > books.last) {
      const first = (books.last ?? n) + 1;
      const end = Math.min(n, first + MOST_MISSING - books.missing.size);
      for (let skipped = first; skipped < end; skipped++) {
        books.missing.add(skipped);
      }
      books.unknown += n - end;
      books.last = n;
    } else if (!books.missing.delete(n)) {
      books.twice++;
    }
  }

  #step(name, data) {
    const steps = [...$('steps').children];
    if (name === 'newProcessStarted') {
      $('instance').textContent = data.instance;
      steps.forEach((step) => this.#mark(step, undefined));
      $('facts').textContent = 'Started';
    } else if (name === 'tokenState') {
      const step = steps.find((each) => each.dataset.node === data.node);
      if (step) {
        this.#mark(step, data.state);
      }
    } else if (name === 'data') {
      $('facts').textContent = `Amount ${Number(data.amount).toLocaleString('en')} · score ${data.score}`;
    } else if (name === 'processState') {
      $('facts').textContent = `${$('facts').textContent} · ${data.state}`;
    }
  }

  /** By colour, and in words for those who don't see it. */
  #mark(step, state) {
    step.querySelector('.unseen')?.remove();
    delete step.dataset.state;
    if (STATES[state]) {
      step.dataset.state = state;
      step.append(element('span', 'unseen', `, ${STATES[state]}`));
    }
  }

  #draw() {
    const { delays, missing, unknown, twice } = this.#books;
    const sorted = [...delays].sort((a, b) => a - b);
    $('delay').textContent = sorted.length ? sorted[Math.floor(sorted.length / 2)] : '–';
    $('missing').textContent = missing.size + unknown;
    $('twice').textContent = twice;
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
