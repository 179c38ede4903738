// Sends records to the embedded profile, as Kafka would.

import { $, element, show } from './dom.js';

export class Sender {
  /** Called when a record was sent, whatever became of it. */
  onsent = () => {};
  #feeds;

  /** @param feeds of `/dev/info` */
  constructor(feeds) {
    this.#feeds = feeds;
    for (const { topic } of feeds) {
      const option = element('option', '', topic);
      option.value = topic;
      $('topic').append(option);
    }
    $('value').value = JSON.stringify({ greeting: 'Hello from this page' }, null, 2);
    $('value').addEventListener('input', () => {
      $('json').textContent = isJson($('value').value) ? '' : 'This is no JSON; sent anyway, it goes to the dead letters.';
    });
    $('send').addEventListener('submit', (submitted) => {
      submitted.preventDefault();
      this.#send(new FormData(submitted.target));
    });
    show(true, $('sender'));
  }

  /** Has the form send to a destination, `type/id`. */
  aimAt(destination) {
    const [type, ...id] = destination.split('/');
    const feed = this.#feeds.find((each) => each.kind === 'message' && each.type === type);
    $('key').value = id.join('/');
    if (feed) {
      $('topic').value = feed.topic;
    }
  }

  /** Ends a destination for everybody. */
  async end(destination) {
    const { topic } = this.#feeds.find((each) => each.kind === 'disconnect');
    await post(topic, '', { destination, reason: 'ended in the inspector' });
  }

  async #send(form) {
    const name = form.get('event').trim();
    try {
      const answer = await post(form.get('topic'), form.get('key'), form.get('value'), name ? { 'Fx-Event': name } : {});
      const body = await answer.json();
      this.#answer(answer.ok, answer.ok ? `Taken by feed ${body.feed}.`
        : answer.status === 422 ? `Went to the dead letters: ${body.detail}.` : body.detail);
    } catch {
      this.#answer(false, 'The gateway can’t be reached, or the event’s name can’t be sent from a browser.');
    }
    this.onsent();
  }

  #answer(good, text) {
    $('answer').dataset.kind = good ? 'good' : 'bad';
    $('answer').textContent = text;
  }
}

function post(topic, key, value, headers = {}) {
  return fetch(`/dev/records/${encodeURIComponent(topic)}?key=${encodeURIComponent(key)}`, {
    method: 'POST',
    body: typeof value === 'string' ? value : JSON.stringify(value),
    headers: { 'Content-Type': 'application/json', ...headers },
  });
}

function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
