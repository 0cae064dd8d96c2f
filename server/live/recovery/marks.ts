import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ClockMark } from '../../../shared/wire/protocol.ts';
import { readClockMark, writeClockMark } from '../../../shared/wire/protocol.ts';

/**
 * Signs clock marks: statements of which edits of a document are on disk. State vectors only grow, so a genuine mark
 * ahead of the document proves that the server has lost edits, whatever the cause: a restored backup, a damaged
 * snapshot, a folder copied from elsewhere. A bare state vector proves nothing, since anyone can write one.
 *
 * A mark is `<payload>.<HMAC-SHA-256>`, both base64url. Its payload is readable, so a page can find the mark it needs.
 */
export class Marks {
  readonly #secret: Uint8Array;

  constructor(secret: Uint8Array) {
    this.#secret = secret;
  }

  sign(mark: ClockMark): string {
    const payload = Buffer.from(writeClockMark(mark)).toString('base64url');
    return `${payload}.${this.#signature(payload).toString('base64url')}`;
  }

  /** The content of a mark; null if this server did not sign it. */
  read(signed: string): ClockMark | null {
    const [payload, signature, ...more] = signed.split('.');
    if (payload === undefined || signature === undefined || more.length > 0) return null;
    const given = Buffer.from(signature, 'base64url');
    const right = this.#signature(payload);
    if (given.length !== right.length || !timingSafeEqual(given, right)) return null;
    return readClockMark(Buffer.from(payload, 'base64url').toString());
  }

  #signature(payload: string): Buffer {
    return createHmac('sha256', this.#secret).update(`clock-mark\0${payload}`).digest();
  }
}
