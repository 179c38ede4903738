// Tabs (ARIA Authoring Practices): arrow keys go from one to the next, and show it.

import { show } from './dom.js';

/** Makes a list of tabs work; `onshow` is called with the id of the panel that is shown. */
export function tabs(list, onshow) {
  const all = [...list.querySelectorAll('[role=tab]')];
  const panel = (tab) => document.getElementById(tab.getAttribute('aria-controls'));
  const choose = (chosen) => {
    for (const tab of all) {
      tab.setAttribute('aria-selected', tab === chosen);
      tab.tabIndex = tab === chosen ? 0 : -1;
      show(tab === chosen, panel(tab));
    }
    onshow(panel(chosen).id);
  };
  list.addEventListener('click', (clicked) => {
    if (all.includes(clicked.target)) {
      choose(clicked.target);
    }
  });
  list.addEventListener('keydown', (pressed) => {
    const at = all.indexOf(document.activeElement);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1 + all.length, Home: 0, End: all.length - 1 }[pressed.key];
    if (next !== undefined) {
      pressed.preventDefault();
      const tab = all[next % all.length];
      choose(tab);
      tab.focus();
    }
  });
}
