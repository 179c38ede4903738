// A worker that reads a stream, and tells its page the books where it is asked.
import { EventStream } from '/api/events/client.js';
import { listen } from '/listener.js';

let books;
onmessage = ({ data: { url, options } }) => {
  if (url) {
    books = listen(EventStream, url, options);
  } else {
    const { close, ...said } = books;
    postMessage(said);
  }
};
