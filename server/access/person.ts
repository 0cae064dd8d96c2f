import { createHmac, randomBytes } from 'node:crypto';
import type { Role } from '../../shared/roles.ts';

/** The ids of a person on a board, and of their device. */
export interface PersonIds {
  /** The same device in the same role on the same board is the same person. */
  readonly person: string;
  /** The same in every role, but different on each board. */
  readonly device: string;
}

/**
 * The ids of a person who joins. `secret` is a random value that the page keeps. It makes somebody the same person
 * after a reload and after the token has expired. Without it, everyone who joins is new. Nobody else can become that
 * person, because the ids reveal nothing about the secret.
 */
export function personIds(
  installation: Uint8Array,
  who: { board: string; role: Role; secret: string | undefined },
): PersonIds {
  const secret = who.secret ?? randomBytes(24).toString('base64url');
  return {
    person: idOf(installation, ['person', who.board, who.role, secret]),
    device: deviceId(installation, who.board, secret),
  };
}

export function deviceId(installation: Uint8Array, board: string, secret: string): string {
  return idOf(installation, ['device', board, secret]);
}

function idOf(installation: Uint8Array, parts: readonly string[]): string {
  return createHmac('sha256', installation).update(JSON.stringify(parts)).digest('base64url').slice(0, 16);
}
