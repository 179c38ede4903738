// A list of any length of which only what is seen is in the document.

import { clock, element, size } from './dom.js';

/** Rows above and below what is seen. */
const SPARE = 4;

/**
 * A listbox (ARIA Authoring Practices) over a store. It follows the newest event until somebody scrolls away or chooses one.
 */
export class EventList {
  /** Called with an event, or with null where none is chosen any more. */
  onchoose = () => {};
  /** Called when it begins to follow, and when it ends to. */
  onfollow = () => {};
  #box;
  #space;
  #store;
  #rows = [];
  #rowHeight = 32;
  #chosen = null;
  #follows = true;
  #dropped = 0;
  /** Where it was scrolled to last; else it was the user. */
  #set = 0;
  #waits = false;

  constructor(box, store) {
    this.#box = box;
    this.#space = box.firstElementChild;
    this.#store = store;
    box.addEventListener('scroll', () => this.#scrolled());
    box.addEventListener('keydown', (pressed) => this.#pressed(pressed));
    box.addEventListener('click', (clicked) => {
      const row = clicked.target.closest('[role=option]');
      if (row) {
        this.#choose(this.#indexOf(row.number));
      }
    });
    new ResizeObserver(() => {
      this.#rowHeight = parseFloat(getComputedStyle(box).getPropertyValue('--row-height')) || 32;
      // what was chosen may be behind the details that opened for it
      if (this.#chosen) {
        this.#reveal(this.#indexOf(this.#chosen.number));
      }
      // at once, before it is painted in its new size
      this.#draw();
    }).observe(box);
  }

  /** What is chosen; null for nothing. */
  get chosen() {
    return this.#chosen;
  }

  /** Draws before the next frame, once. */
  changed() {
    if (!this.#waits) {
      this.#waits = true;
      requestAnimationFrame(() => {
        this.#waits = false;
        this.#draw();
      });
    }
  }

  /** Shows the newest event, and those that come. */
  follow() {
    this.#follow(true);
    this.changed();
  }

  unchoose() {
    this.#chosen = null;
    this.onchoose(null);
    this.changed();
  }

  #follow(follows) {
    if (this.#follows !== follows) {
      this.#follows = follows;
      this.onfollow(follows);
    }
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.#box;
    if (Math.abs(scrollTop - this.#set) > 1) {
      if (scrollTop + clientHeight >= scrollHeight - 1) {
        this.#follow(true);
      } else if (scrollTop < this.#set) {
        this.#follow(false);
      }
      this.#set = scrollTop;
    }
    this.changed();
  }

  #scrollTo(top) {
    this.#box.scrollTop = top;
    this.#set = this.#box.scrollTop;
  }

  #pressed(pressed) {
    const all = this.#store.visible;
    const at = this.#chosen ? this.#indexOf(this.#chosen.number) : -1;
    const page = Math.max(1, Math.floor(this.#box.clientHeight / this.#rowHeight) - 1);
    const next = {
      ArrowDown: at < 0 ? all.length - 1 : at + 1,
      ArrowUp: at < 0 ? all.length - 1 : at - 1,
      PageDown: at + page,
      PageUp: at < 0 ? all.length - page : at - page,
      Home: 0,
      End: all.length - 1,
    }[pressed.key];
    if (next !== undefined && all.length) {
      pressed.preventDefault();
      this.#choose(Math.min(Math.max(next, 0), all.length - 1));
    } else if (pressed.key === 'Escape' && this.#chosen) {
      this.unchoose();
    }
  }

  #choose(index) {
    const event = this.#store.visible[index];
    if (!event) {
      return;
    }
    this.#chosen = event;
    this.#follow(false);
    this.#reveal(index);
    this.onchoose(event);
    this.changed();
  }

  /** Scrolls no further than it takes to show a row. */
  #reveal(index) {
    if (index < 0) {
      return;
    }
    const top = index * this.#rowHeight;
    const { scrollTop, clientHeight } = this.#box;
    if (top < scrollTop) {
      this.#scrollTo(top);
    } else if (top + this.#rowHeight > scrollTop + clientHeight) {
      this.#scrollTo(top + this.#rowHeight - clientHeight);
    }
  }

  /** Where an event is in what is visible, by its number, which grows; less than 0 where it is not. */
  #indexOf(number) {
    const all = this.#store.visible;
    let low = 0, high = all.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (all[middle].number === number) return middle;
      if (all[middle].number < number) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  #draw() {
    const all = this.#store.visible;
    const height = this.#rowHeight;
    const dropped = this.#store.dropped - this.#dropped;
    // before the list is shorter, at which the browser scrolls by itself
    const before = this.#box.scrollTop;
    this.#dropped = this.#store.dropped;
    this.#space.style.height = `${all.length * height}px`;
    if (this.#follows) {
      this.#scrollTo(all.length * height);
    } else if (dropped) {
      this.#scrollTo(before - dropped * height);
    }
    const { clientHeight } = this.#box;
    // a box that grew is scrolled back by the browser, but only after this
    const scrollTop = Math.min(this.#box.scrollTop, Math.max(0, all.length * height - clientHeight));
    const first = Math.max(0, Math.floor(scrollTop / height) - SPARE);
    const last = Math.min(all.length, Math.ceil((scrollTop + clientHeight) / height) + SPARE);
    const room = Math.ceil(clientHeight / height) + 2 * SPARE + 1;
    while (this.#rows.length < room) {
      this.#rows.push(this.#newRow());
    }
    const used = new Set();
    let active = null;
    for (let i = first; i < last; i++) {
      const row = this.#rows[i % this.#rows.length];
      used.add(row);
      this.#fill(row, all[i], i, all.length);
      if (all[i] === this.#chosen) {
        active = row;
      }
    }
    for (const row of this.#rows) {
      row.hidden = !used.has(row);
      if (row.hidden) {
        // its event may be in another row
        row.removeAttribute('id');
        row.number = undefined;
      }
    }
    if (active) {
      this.#box.setAttribute('aria-activedescendant', active.id);
    } else {
      this.#box.removeAttribute('aria-activedescendant');
    }
  }

  #newRow() {
    const row = element('div', 'row', '');
    row.setAttribute('role', 'option');
    row.append(element('span', 'when', ''), element('span', 'name', ''), element('span', 'data', ''), element('span', 'size', ''));
    this.#space.append(row);
    return row;
  }

  #fill(row, event, index, count) {
    row.style.transform = `translateY(${index * this.#rowHeight}px)`;
    row.setAttribute('aria-posinset', index + 1);
    row.setAttribute('aria-setsize', count);
    row.setAttribute('aria-selected', event === this.#chosen);
    if (row.number === event.number) {
      return;
    }
    row.number = event.number;
    row.id = `event-${event.number}`;
    row.dataset.event = event.type;
    const [when, name, data, bytes] = row.children;
    when.textContent = clock(event.at);
    name.textContent = event.type;
    // one line; what does not fit is cut off by the style
    data.replaceChildren(...(event.destination ? [element('span', 'destination', event.destination), ' '] : []), event.data.slice(0, 300));
    bytes.textContent = size(event.data.length);
  }
}
