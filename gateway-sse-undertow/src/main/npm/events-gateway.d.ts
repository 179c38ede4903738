/** An event as it came, with its name as `type`. Where the runtime has `MessageEvent`, it is one. */
export interface GatewayEvent extends MessageEvent<string> {
  /** The event's name; `message` where the producer gave none. */
  readonly type: string;
  /** The payload as text, mostly JSON. */
  readonly data: string;
  /** The position behind this event; empty where the server gave none. */
  readonly lastEventId: string;
  /** Whose event it is, `type/id`; only on a stream of several destinations. */
  readonly destination?: string;
}

/** Why a stream is over for good. */
export interface End {
  /** 204 where the destination was ended, the status of a refusal (400 to 431), or 0 where this runtime cannot stream. */
  readonly status: number;
  /** What the gateway says to change. */
  readonly detail?: string;
}

/** Why there is no connection at the moment, and when the next is tried. */
export interface Retry {
  /** Milliseconds until the next try. */
  readonly wait: number;
  /** The status of the answer; 200 where a stream ended. */
  readonly status?: number;
  readonly detail?: string;
  /** What `fetch`, the token provider or the watchdog threw, where there was no answer. */
  readonly error?: unknown;
}

/** What a token is needed for. After `refused` it must be another one, or the stream is over; `expiring` is a minute before the end. */
export type TokenReason = 'connect' | 'refused' | 'expiring';

export interface Options {
  /** `type/id` or `user`, up to 64, for a stream of several at `/api/events`. */
  destinations?: readonly string[];
  /** Where a stream without a position begins; the server's setting decides where it is left out. */
  from?: 'pending' | 'earliest' | 'latest';
  /** The position to begin behind, as `onposition` gave it. */
  lastEventId?: string | null;
  /** Gives the bearer token for each connection. What it throws counts as a failed try. Left out where a cookie is the token. */
  token?: (reason: TokenReason) => string | undefined | Promise<string | undefined>;
  /** Further headers, such as `Fx-Organization-Id`. */
  headers?: Record<string, string>;
  /** As for `fetch`; `include` for a cookie that goes to another origin. */
  credentials?: 'omit' | 'same-origin' | 'include';
  /**
   * One connection for all tabs and workers of the origin that have the same value here and the same address. Who may see different
   * events must have different values, so name the user in it. Passed over where there are no Web Locks (Node 20, pages that are not
   * secure contexts).
   */
  share?: string;
  /** Milliseconds without a byte after which a connection is given up; 45,000, which is three heartbeats. */
  silence?: number;
  /** Closes the stream. */
  signal?: AbortSignal;
  /** A `fetch` whose answers stream; the runtime's own where it is left out. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>;

  /** Every event, before the listeners of its name. */
  onevent?: (event: GatewayEvent) => void;
  /** Not everything behind the position can be had; `JSON.parse(event.data).reason` is `expired`, `replaced` or `unknown`. */
  onreset?: (event: GatewayEvent) => void;
  /** The token ends within a minute; renew the cookie here. With `token` nothing has to be done. */
  ontokenexpiring?: (event: GatewayEvent) => void;
  /** The position moved; after the listeners of the event that moved it, if there was one. */
  onposition?: (lastEventId: string) => void;
  /** Connected, for the first time or again. */
  onopen?: () => void;
  /** Not connected, and when it is tried again. */
  onretry?: (why: Retry) => void;
  /** Over for good by itself; not called for `close` and `signal`. */
  onend?: (why: End) => void;
}

/**
 * A stream of events, which connects at once and comes back by itself until it is closed or over. Listeners hear events by their name.
 * What a callback or listener throws is reported as an uncaught error and changes nothing.
 *
 * As an async iterable it gives every event. The loop ends where the stream does, and throws where it was refused; leaving it closes
 * the stream. The server waits for a slow loop, except where the stream is shared.
 */
export class EventStream extends EventTarget implements AsyncIterable<GatewayEvent> {
  /** @param url absolute, or relative to the page */
  constructor(url: string | URL, options?: Options);
  /** 0 connecting, 1 open, 2 over. */
  readonly readyState: 0 | 1 | 2;
  /** The position, which the next connection begins behind; empty for none. */
  readonly lastEventId: string;
  /** Closes the stream. Idempotent. */
  close(): void;
  addEventListener(
    type: string,
    listener: ((event: GatewayEvent) => void) | { handleEvent(event: GatewayEvent): void } | null,
    options?: AddEventListenerOptions | boolean,
  ): void;
  [Symbol.asyncIterator](): AsyncGenerator<GatewayEvent, void, void>;
}

/** What ends with a blank line: an event, or, where it has no data, a position that moved. */
export interface Frame {
  readonly type: string;
  readonly data?: string;
  readonly destination?: string;
  readonly lastEventId: string;
}

/**
 * A parser of one connection's bytes by the HTML standard, section 9.2.6; but a stream begins with the position of the one before.
 *
 * @param onretry gets milliseconds
 * @returns takes the bytes as they come, cut anywhere
 */
export function parser(
  lastEventId: string,
  onframe: (frame: Frame) => void,
  onretry: (millis: number) => void,
): (bytes: Uint8Array) => void;
