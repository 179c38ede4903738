/** Reads a stream and keeps the books of what it was given: in pages, workers and threads. */
export function listen(EventStream, url, options, tell = () => {}) {
  const books = { events: [], opened: 0, retries: 0 };
  const note = (name, value) => {
    books[name] = value;
    tell({ [name]: value });
  };
  const stream = new EventStream(url, {
    ...options,
    onevent({ type, data, destination }) {
      if (type === 'message') {
        const event = [destination, Number(data)];
        books.events.push(event);
        tell({ event });
      } else {
        note(type, (books[type] ?? 0) + 1);
      }
    },
    onopen: () => note('opened', books.opened + 1),
    onretry: () => note('retries', books.retries + 1),
    onend: (end) => note('end', end),
  });
  return Object.assign(books, { close: () => stream.close() });
}
