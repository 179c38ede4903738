// Small helpers for the document. Text is only ever set as text.

export const $ = (id) => document.getElementById(id);

export function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) {
    made.className = className;
  }
  made.textContent = text;
  return made;
}

/** Shows an element, or hides it. */
export function show(shown, ...elements) {
  elements.forEach((each) => { each.hidden = !shown; });
}

let silence;

/** Says what was done, for eyes and screen readers. */
export function say(text) {
  $('said').textContent = text;
  clearTimeout(silence);
  silence = setTimeout(() => { $('said').textContent = ''; }, 4000);
}

export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    copyBySelection(text);
  }
  say(`${what} copied.`);
}

/** Pages that are no secure contexts have no clipboard. */
function copyBySelection(text) {
  const focused = document.activeElement;
  const area = element('textarea', 'unseen', '');
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
  focused?.focus();
}

export function download(name, text) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/x-ndjson' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Two digits and more, as clocks have them, with milliseconds. */
export function clock(millis) {
  const at = new Date(millis);
  const digits = (number, count) => String(number).padStart(count, '0');
  return `${digits(at.getHours(), 2)}:${digits(at.getMinutes(), 2)}:${digits(at.getSeconds(), 2)}.${digits(at.getMilliseconds(), 3)}`;
}

export function size(characters) {
  return characters < 1000 ? `${characters}` : characters < 1e6 ? `${(characters / 1e3).toFixed(1)} k` : `${(characters / 1e6).toFixed(1)} M`;
}
