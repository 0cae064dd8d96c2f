import type { ErrorBody } from '../../shared/wire/protocol.ts';

/** Every error of the HTTP interface: its status, and a sentence for people. docs/API.md holds them as a table. */
export const problems = {
  'not-json': [400, 'The body is not JSON.'],
  ticket: [401, 'There is no token, or it is not valid any more; join again by a link.'],
  'board-reset': [401, 'This board was reset or rebuilt; join it again by your link.'],
  'create-key': [401, 'Creating a board here needs the key of this server.'],
  'admin-key': [401, 'This needs the key of those who run this server.'],
  'not-allowed': [403, 'Your role on this board does not allow this.'],
  origin: [403, 'Pages from this origin may not use this server.'],
  'link-revoked': [410, 'This link has been withdrawn; ask for a new one.'],
  'no-such-link': [404, 'This is not a link to a board here.'],
  'no-such-board': [404, 'There is no such board.'],
  'no-such-document': [404, 'A board has no document of that name.'],
  'no-such-version': [404, 'No such version of this board is kept.'],
  'not-found': [404, 'There is nothing at this address.'],
  'last-link': [409, 'This is the last link for facilitators; make another before you withdraw it.'],
  'too-many-links': [409, 'This board has as many links as a board can have.'],
  'too-many-versions': [409, 'This board has as many named versions as a board can have.'],
  'lost-edits': [409, 'This board lost edits that people still have: restore or discard them first.'],
  frozen: [409, 'The board is frozen: those who run this server have made it read-only.'],
  'board-full': [503, 'The board has as many people on it as it can hold; try again when someone has left.'],
  'too-large': [413, 'The body is too large.'],
  invalid: [422, 'A field is missing or not valid.'],
  upgrade: [426, 'This address takes WebSocket connections only.'],
  rate: [429, 'Too many requests from your address; try again shortly.'],
  internal: [500, 'Something went wrong on the server.'],
  store: [503, 'The server cannot write to its disk just now; try again later.'],
  repair: [503, 'This board is being put in order; try again in a moment.'],
  'not-written': [503, 'The board cannot be changed just now; try again later.'],
  stopping: [503, 'The server is stopping; try again in a moment.'],
} as const satisfies Record<string, readonly [number, string]>;

export type ProblemCode = keyof typeof problems;
export type ProblemStatus = (typeof problems)[ProblemCode][0];

/** An error that is expected: it becomes the answer of the request. */
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
