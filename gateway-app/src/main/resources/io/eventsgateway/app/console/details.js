// One event in full.

import { $, copy, element, show } from './dom.js';

/** More would keep the browser busy; all of it can be copied. */
const MOST_SHOWN = 100_000;

export class Details {
  /** Called with a position to begin behind. */
  onresume = () => {};
  /** Called when it is closed from within. */
  onclose = () => {};
  #event = null;
  #asFrame = false;

  constructor() {
    $('as-data').addEventListener('click', () => this.#showAs(false));
    $('as-frame').addEventListener('click', () => this.#showAs(true));
    $('copy-event').addEventListener('click', () => copy(this.#asFrame ? this.#event.frame : this.#event.data, this.#asFrame ? 'Raw frame' : 'Data'));
    $('resume-after').addEventListener('click', () => this.onresume(this.#event.id));
    $('details-close').addEventListener('click', () => this.onclose());
    $('details').addEventListener('keydown', (pressed) => {
      if (pressed.key === 'Escape') {
        this.onclose();
      }
    });
  }

  /** Shows an event; null for none. */
  show(event) {
    this.#event = event;
    show(event, $('details'));
    $('split').classList.toggle('with-details', Boolean(event));
    if (event) {
      $('details-title').textContent = event.type;
      $('details-facts').replaceChildren(...this.#facts(event));
      $('resume-after').disabled = !event.id;
      this.#draw();
    }
  }

  focus() {
    if (this.#event) {
      $('details-text').focus();
    }
  }

  #facts({ at, delay, destination, id, data }) {
    const facts = [['Received', new Date(at).toISOString() + (delay === undefined ? '' : `, ${delay} ms after it was sent`)]];
    if (destination) {
      facts.push(['Destination', destination]);
    }
    facts.push(['Position', id || 'none'], ['Length', `${data.length.toLocaleString('en')} characters`]);
    return facts.flatMap(([name, value]) => [element('dt', '', name), element('dd', '', value)]);
  }

  #showAs(frame) {
    this.#asFrame = frame;
    this.#draw();
  }

  /** What is shown, before it is cut. */
  #text() {
    if (this.#asFrame) {
      return this.#event.frame;
    }
    try {
      return JSON.stringify(JSON.parse(this.#event.data, exactNumbers), null, 2);
    } catch {
      return this.#event.data;
    }
  }

  #draw() {
    const text = this.#text();
    $('as-data').setAttribute('aria-pressed', !this.#asFrame);
    $('as-frame').setAttribute('aria-pressed', this.#asFrame);
    $('details-text').textContent = text.slice(0, MOST_SHOWN);
    $('details-text').scrollTop = 0;
    show(text.length > MOST_SHOWN, $('details-cut'));
    $('details-cut').textContent = `The first ${MOST_SHOWN.toLocaleString('en')} characters. Copy takes all.`;
  }
}

/** Keeps numbers as they were written, where the browser can: they may be larger than this language's. */
function exactNumbers(name, value, { source } = {}) {
  return typeof value === 'number' && source && JSON.rawJSON ? JSON.rawJSON(source) : value;
}
