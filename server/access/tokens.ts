import { createHmac, timingSafeEqual } from 'node:crypto';
import * as v from 'valibot';
import { colorSchema, idSchema } from '../../shared/schema/field.ts';
import { newId } from '../../shared/id.ts';
import { parseJsonAs } from '../../shared/json.ts';
import { roles } from '../../shared/roles.ts';
import type { Time } from '../time.ts';
import type { Membership } from './membership.ts';

/** How long a token is good: a working day; the page renews it while it is open. Milliseconds. */
export const tokenLifeMs = 12 * 60 * 60 * 1000;

/**
 * How far ahead of the wall clock a token of an earlier process may have been made: a wrong day or a wrong time
 * zone. One from further ahead is not good: it would be until that time has come.
 */
const maxAheadMs = 2 * 24 * 60 * 60 * 1000;

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
  /** Milliseconds since 1970, for any process that reads it. */
  expires: v.number(),
  /** The process that made it, and the same moment on the clock of that one; tokens of the first releases have neither. */
  run: v.optional(v.string(), ''),
  ends: v.optional(v.number(), 0),
});

/** For whom a token is made. */
export type Holder = Omit<Membership, 'expires'>;

/** A new token, and until when it is good: milliseconds since 1970. */
export interface Issued {
  readonly token: string;
  readonly expires: number;
}

/**
 * Signed tokens: `<payload>.<HMAC-SHA-256>`, both base64url. The server keeps none of them; a token dies
 * with its time or with its link. Its time is what has passed while one process runs. Only what lies before the
 * start of this process is taken from the wall clock, as it was at the start.
 */
export class Tokens {
  readonly #secret: Uint8Array;
  readonly #time: Time;
  /** Tells the tokens of this process from those of others. */
  readonly #run = newId();
  readonly #start: { readonly now: number; readonly wall: number };

  constructor(installation: Uint8Array, time: Time) {
    this.#secret = installation;
    this.#time = time;
    this.#start = { now: time.now(), wall: time.wall() };
  }

  issue({ board, person, device, name, color, role, link, generation }: Holder): Issued {
    const expires = this.#time.wall() + tokenLifeMs;
    const ends = Math.round(this.#time.now() + tokenLifeMs);
    const membership = {
      board,
      person,
      device,
      name,
      color,
      role,
      link,
      generation,
      expires,
      run: this.#run,
      ends,
    };
    const payload = Buffer.from(JSON.stringify(membership)).toString('base64url');
    return { token: `${payload}.${this.#sign(payload).toString('base64url')}`, expires };
  }

  /** The seat that a token stands for; null where it was not made here, was changed, or has run out. */
  read(token: string): Membership | null {
    if (token.length > maxTokenChars) return null;
    const [payload, signature, ...more] = token.split('.');
    if (payload === undefined || signature === undefined || more.length > 0) return null;
    const given = Buffer.from(signature, 'base64url');
    const right = this.#sign(payload);
    if (given.length !== right.length || !timingSafeEqual(given, right)) return null;
    const membership = parseJsonAs(seatSchema, Buffer.from(payload, 'base64url').toString());
    if (!membership) return null;
    const { expires, run, ends, device = membership.person, ...holder } = membership;
    const now = this.#time.now();
    const leftMs = run === this.#run ? ends - now : this.#leftAtStart(expires) - (now - this.#start.now);
    return leftMs > 0 ? { ...holder, device, expires: now + leftMs } : null;
  }

  /**
   * How much of its life a token of an earlier process had left when this one began. Never more than a whole life:
   * the wall clock was set back since it was made.
   */
  #leftAtStart(expires: number): number {
    const leftMs = expires - this.#start.wall;
    return leftMs > tokenLifeMs + maxAheadMs ? 0 : Math.min(leftMs, tokenLifeMs);
  }

  #sign(payload: string): Buffer {
    return createHmac('sha256', this.#secret).update(`token\0${payload}`).digest();
  }
}
