import { createHmac, timingSafeEqual } from 'node:crypto';
import * as v from 'valibot';
import { colorSchema, idSchema } from '../../shared/board/field.ts';
import { roles } from '../../shared/roles.ts';
import type { Seat } from './seat.ts';

/** How long a token is good: a working day; the page renews it while it is open. Milliseconds. */
export const tokenLifeMs = 12 * 60 * 60 * 1000;

/** The longest token that is looked at: a name of 60 characters can be 720 bytes once it is in JSON and base64. */
const maxTokenChars = 2048;

const seatSchema = v.object({
  board: idSchema,
  person: idSchema,
  /** Missing from tokens of releases that did not know devices. */
  device: v.optional(idSchema),
  name: v.string(),
  color: colorSchema,
  role: v.picklist(roles),
  link: idSchema,
  // A token from before there were generations is of a board's first.
  generation: v.optional(v.number(), 1),
  expires: v.number(),
});

/**
 * Signed tokens: `<payload>.<HMAC-SHA-256>`, both base64url. The server keeps none of them; a token dies
 * with its time or with its link.
 */
export class Tokens {
  readonly #secret: Uint8Array;

  constructor(installation: Uint8Array) {
    this.#secret = installation;
  }

  issue(seat: Seat): string {
    const payload = Buffer.from(JSON.stringify(seat)).toString('base64url');
    return `${payload}.${this.#sign(payload).toString('base64url')}`;
  }

  /** The seat that a token stands for; null where it was not made here, was changed, or has run out. */
  read(token: string, now: number): Seat | null {
    if (token.length > maxTokenChars) return null;
    const [payload, signature, ...more] = token.split('.');
    if (payload === undefined || signature === undefined || more.length > 0) return null;
    const given = Buffer.from(signature, 'base64url');
    const right = this.#sign(payload);
    if (given.length !== right.length || !timingSafeEqual(given, right)) return null;
    const seat = v.safeParse(seatSchema, parseJson(Buffer.from(payload, 'base64url').toString()));
    if (!seat.success || seat.output.expires <= now) return null;
    const { device = seat.output.person, ...rest } = seat.output;
    return { ...rest, device };
  }

  #sign(payload: string): Buffer {
    return createHmac('sha256', this.#secret).update(`token\0${payload}`).digest();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
