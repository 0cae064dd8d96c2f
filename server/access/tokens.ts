import { createHmac, timingSafeEqual } from 'node:crypto';
import * as v from 'valibot';
import { colorSchema, idSchema } from '../../shared/schema/field.ts';
import { newId } from '../../shared/id.ts';
import { parseJsonAs } from '../../shared/json.ts';
import { roles } from '../../shared/roles.ts';
import type { Time } from '../time.ts';
import type { Membership } from './membership.ts';

/** How long a token is valid, in milliseconds: a working day. An open page renews it. */
export const tokenLifeMs = 12 * 60 * 60 * 1000;

/**
 * How far ahead of the wall clock an earlier process may have made a token, in milliseconds: enough for a wrong day or
 * time zone. A token from further ahead is not valid. Otherwise it would stay valid until that time.
 */
const maxAheadMs = 2 * 24 * 60 * 60 * 1000;

/** The longest token that is read. A name of 60 characters can take 720 bytes in JSON and base64. */
const maxTokenChars = 2048;

const membershipSchema = v.object({
  board: idSchema,
  person: idSchema,
  /** Missing in tokens of releases without devices. */
  device: v.optional(idSchema),
  name: v.string(),
  color: colorSchema,
  role: v.picklist(roles),
  link: idSchema,
  // A token from before generations existed belongs to the first generation.
  generation: v.optional(v.number(), 1),
  /** Milliseconds since 1970, for any process that reads it. */
  expires: v.number(),
  /**
   * The process that made the token, and `expires` on that process's own clock. Tokens of the first releases have
   * neither.
   */
  run: v.optional(v.string(), ''),
  ends: v.optional(v.number(), 0),
});

/** The person that a token is made for. */
export type Holder = Omit<Membership, 'expires'>;

/** A new token, and when it expires: milliseconds since 1970. */
export interface Issued {
  readonly token: string;
  readonly expires: number;
}

/**
 * Signed tokens: `<payload>.<HMAC-SHA-256>`, both base64url. The server stores no tokens. A token ends with its time or
 * with its link. While a process runs, its own clock measures that time. For a token of an earlier process, the wall
 * clock at the start of this process says how much time is left.
 */
export class Tokens {
  readonly #secret: Uint8Array;
  readonly #time: Time;
  /** Distinguishes the tokens of this process from those of others. */
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

  /** The membership that a token stands for; null if it was not made here, was changed, or has expired. */
  read(token: string): Membership | null {
    if (token.length > maxTokenChars) return null;
    const [payload, signature, ...more] = token.split('.');
    if (payload === undefined || signature === undefined || more.length > 0) return null;
    const given = Buffer.from(signature, 'base64url');
    const right = this.#sign(payload);
    if (given.length !== right.length || !timingSafeEqual(given, right)) return null;
    const membership = parseJsonAs(membershipSchema, Buffer.from(payload, 'base64url').toString());
    if (!membership) return null;
    const { expires, run, ends, device = membership.person, ...holder } = membership;
    const now = this.#time.now();
    const leftMs = run === this.#run ? ends - now : this.#leftAtStart(expires) - (now - this.#start.now);
    return leftMs > 0 ? { ...holder, device, expires: now + leftMs } : null;
  }

  /**
   * How many milliseconds a token of an earlier process had left when this process started. At most a whole lifetime,
   * because the wall clock may have been set back since the token was made.
   */
  #leftAtStart(expires: number): number {
    const leftMs = expires - this.#start.wall;
    return leftMs > tokenLifeMs + maxAheadMs ? 0 : Math.min(leftMs, tokenLifeMs);
  }

  #sign(payload: string): Buffer {
    return createHmac('sha256', this.#secret).update(`token\0${payload}`).digest();
  }
}
