import type { ErrorBody } from '../../shared/wire/protocol.ts';

/** Every error of the HTTP interface: its status, and a message for people. docs/API.md lists them in a table. */
export const problems = {
  'not-json': [400, 'The body is not JSON.'],
  ticket: [401, 'There is no valid token. Join again with a link.'],
  'board-reset': [401, 'This board was reset or rebuilt. Join it again with your link.'],
  'create-key': [401, 'You need a key to create boards on this server.'],
  'admin-key': [401, 'This needs the admin key of this server.'],
  'not-allowed': [403, 'Your role on this board does not allow this.'],
  removed: [403, 'A facilitator has removed you from this board.'],
  closed: [403, 'This board is closed to new people for now.'],
  origin: [403, 'This server does not accept requests from pages of this origin.'],
  'link-revoked': [410, 'This link has been turned off. Ask for a new one.'],
  'no-such-link': [404, 'This is not a link to a board on this server.'],
  'no-such-board': [404, 'This board does not exist.'],
  'no-such-document': [404, 'This document does not exist.'],
  'no-such-version': [404, 'This version of the board does not exist.'],
  'no-such-item': [404, 'The agenda has no such item.'],
  'not-found': [404, 'There is nothing at this address.'],
  'last-link': [409, 'This is the last facilitator link. Make another before you turn this one off.'],
  'too-many-links': [409, 'This board has the maximum number of links.'],
  'too-many-versions': [409, 'This board has the maximum number of named versions.'],
  'lost-edits': [
    409,
    'The server lost edits of this board that people still have. Restore or discard them first.',
  ],
  frozen: [409, 'This board is frozen: it is read-only for now.'],
  'session-moved': [409, 'Somebody else has gone to another item of the agenda.'],
  'not-now': [409, 'This cannot be done in the present state of the session.'],
  'last-facilitator': [409, 'This is the last facilitator. Make somebody else a facilitator first.'],
  'agenda-moved': [412, 'Somebody else has changed the agenda. Read it again.'],
  'board-full': [503, 'This board is full. Try again when someone has left.'],
  'too-large': [413, 'The body is too large.'],
  'incoherent-policy': [422, 'People who may add cards must be able to change, move and remove their own.'],
  invalid: [422, 'A field is missing or not valid.'],
  upgrade: [426, 'This address accepts WebSocket connections only.'],
  rate: [429, 'Too many requests from your address. Try again shortly.'],
  internal: [500, 'Something went wrong on the server.'],
  store: [503, 'The server cannot write to its disk. Try again later.'],
  repair: [503, 'This board is being repaired. Try again in a moment.'],
  'not-written': [503, 'The board cannot be changed now. Try again later.'],
  stopping: [503, 'The server is stopping. Try again in a moment.'],
} as const satisfies Record<string, readonly [number, string]>;

export type ProblemCode = keyof typeof problems;
export type ProblemStatus = (typeof problems)[ProblemCode][0];

/** An expected error. Thrown by a route, it becomes the answer to the request. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly status: ProblemStatus;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ProblemCode, more: { message?: string; headers?: Record<string, string> } = {}) {
    super(more.message ?? problems[code][1]);
    this.code = code;
    this.status = problems[code][0];
    this.headers = more.headers ?? {};
  }

  get body(): ErrorBody {
    return { error: { code: this.code, message: this.message } };
  }
}
