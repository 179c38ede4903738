// What the gateway knows beside events: dead letters, and who is connected.

import { $, clock, element } from './dom.js';
import { refusal } from './words.js';

const EVERY_MILLIS = 5000;

/** After which no answer comes any more. */
const PATIENCE_MILLIS = 60_000;

/** A table that is asked for again and again while it is shown, each time when the last answer is there, however slow it is. */
class RemoteTable {
  #panel;
  #address;
  #token;
  #shown = false;
  #timer;
  /** Ends the question under way, whose answer would show what was. */
  #asking = new AbortController();

  constructor(panel, address, token) {
    this.#panel = panel;
    this.#address = address;
    this.#token = token;
  }

  shown(shown) {
    this.#shown = shown;
    if (shown) {
      this.refresh();
    } else {
      this.#asking.abort();
      clearTimeout(this.#timer);
    }
  }

  /** Asks now, and forgets what was asked before. */
  async refresh() {
    clearTimeout(this.#timer);
    this.#asking.abort();
    const asking = new AbortController();
    this.#asking = asking;
    const patience = setTimeout(() => asking.abort(), PATIENCE_MILLIS);
    const answer = await this.#ask(asking.signal);
    clearTimeout(patience);
    if (asking === this.#asking) {
      this.#draw(answer.rows, answer.note);
      this.#wait();
    }
  }

  #wait() {
    if (this.#shown) {
      this.#timer = setTimeout(() => document.hidden ? this.#wait() : this.refresh(), EVERY_MILLIS);
    }
  }

  async #ask(signal) {
    const token = this.#token();
    try {
      const answer = await fetch(this.#address, { cache: 'no-store', signal, headers: token ? { Authorization: `Bearer ${token}` } : {} });
      const body = await answer.json().catch(() => ({}));
      return answer.ok ? { rows: this.rows(body), note: this.note(body) } : { rows: [], note: refusal(answer.status, body.detail) };
    } catch {
      return { rows: [], note: 'The gateway can’t be reached.' };
    }
  }

  #draw(rows, note) {
    const body = this.#panel.querySelector('tbody');
    const focused = body.contains(document.activeElement);
    if (!focused) {
      body.replaceChildren(...rows.map((cells) => {
        const row = document.createElement('tr');
        row.append(...cells);
        return row;
      }));
    }
    const line = this.#panel.querySelector('.note');
    if (line.textContent !== note) {
      line.textContent = note;
    }
  }
}

export class LettersTable extends RemoteTable {
  constructor(token) {
    super($('panel-letters'), '/manage/console/letters', token);
  }

  rows({ letters }) {
    return letters.map(({ at, reason, feed, record, bytes }) => [
      element('td', 'when', time(at)),
      element('td', 'reason-text', reason),
      element('td', '', feed),
      element('td', 'mono', record),
      element('td', 'number', bytes.toLocaleString('en')),
    ]);
  }

  note({ letters, others, most }) {
    const seen = letters.length ? `The replica remembers the last ${most}.` : 'No dead letters.';
    return others ? `${seen} ${others} more are of other organisations, or name none.` : seen;
  }
}

export class StreamsTable extends RemoteTable {
  #end;

  /** @param end ends a destination; null where the page can't */
  constructor(token, end) {
    super($('panel-streams'), '/manage/console/streams', token);
    this.#end = end;
  }

  rows({ streams }) {
    return streams.map(({ since, subject, destinations }) => [
      element('td', 'when', time(since)),
      element('td', '', subject),
      element('td', 'mono', destinations.join(', ')),
      this.#action(destinations),
    ]);
  }

  #action(destinations) {
    const cell = element('td', 'number', '');
    if (this.#end) {
      const button = element('button', 'small', 'End');
      button.type = 'button';
      button.setAttribute('aria-label', `End ${destinations.join(', ')} for everybody`);
      button.addEventListener('click', async () => {
        for (const each of destinations) {
          await this.#end(each);
        }
        button.blur();
        this.refresh();
      });
      cell.append(button);
    }
    return cell;
  }

  note({ streams, more }) {
    return more ? `${more} more are connected.` : streams.length ? '' : 'Nobody is connected.';
  }
}

/** With the day where that is another one. */
function time(text) {
  const at = new Date(text);
  const day = at.toDateString() === new Date().toDateString() ? '' : `${at.toLocaleDateString()} `;
  return day + clock(at.getTime());
}
