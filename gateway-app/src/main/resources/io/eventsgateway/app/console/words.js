// What a status and a token mean, in words.

const MEANINGS = {
  0: 'This browser can’t read streams',
  204: 'The destination was ended; nothing comes until a connect or a message opens it again',
  400: 'The gateway does not understand the request',
  401: 'Not let in: the token is missing, over, or of an issuer that the gateway does not trust',
  403: 'Not allowed: who this is may not see that',
  404: 'There is nothing at this address',
  406: 'The request asks for another type of answer',
  408: 'The request took too long',
  429: 'Too many requests; somebody in between or the gateway limits them',
  431: 'The request’s headers are too large; the token may be too long',
  500: 'The gateway has a fault; its log says more',
  502: 'A proxy reaches no gateway',
  503: 'Not possible at the moment',
  504: 'A proxy waited too long for the gateway',
};

/** Why something was refused: the status, what it means, and the gateway's own word where there is one. */
export function refusal(status, detail) {
  const meaning = MEANINGS[status] ?? (status < 500 ? 'The request was refused' : 'The server failed');
  return `${status || 'Sorry'} · ${meaning}.${detail ? ` ${detail}` : ''}`;
}

/** Why there is no connection right now, and until when. */
export function interruption({ status, detail, error, wait }) {
  const seconds = Math.max(1, Math.round(wait / 1000));
  const why = error ? 'The gateway can’t be reached, or was lost'
    : status === 200 ? 'The gateway ended the stream, or takes none at the moment'
      : refusal(status, detail).replace(/\.$/, '');
  return `${why}. Next try in ${seconds} s.`;
}

/** Who a token is of and how long it lasts, as it says itself; nothing of it is checked. */
export function tokenWords(token, now = Date.now()) {
  if (!token) {
    return '';
  }
  const claims = claimsOf(token);
  if (!claims) {
    return 'This is no JSON web token.';
  }
  const who = claims.preferred_username ?? claims.sub ?? 'nobody';
  const realm = String(claims.iss ?? '').split('/').pop();
  const seconds = Math.round(claims.exp - now / 1000);
  const ends = Number.isNaN(seconds) ? 'it does not say until when'
    : seconds < 0 ? 'it is over'
      : seconds < 120 ? `ends in ${seconds} s` : `ends in ${Math.round(seconds / 60)} min`;
  return `Of ${who}${realm ? `, realm ${realm}` : ''}; ${ends}.`;
}

function claimsOf(token) {
  try {
    const bytes = atob(token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/'));
    const claims = JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes, (each) => each.charCodeAt(0))));
    return typeof claims === 'object' ? claims : null;
  } catch {
    return null;
  }
}
