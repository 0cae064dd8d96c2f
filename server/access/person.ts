import { createHmac, randomBytes } from 'node:crypto';
import type { Role } from '../../shared/roles.ts';

/**
 * The id of a person on a board. `device` is a random secret that the page keeps: the same device in the
 * same role is the same person after a reload and after the token has run out. Without it everyone who
 * joins is new. Nobody else can become that person, since the id tells nothing of the secret.
 */
export function personId(
  installation: Uint8Array,
  who: { board: string; role: Role; device: string | undefined },
): string {
  const device = who.device ?? randomBytes(24).toString('base64url');
  const text = JSON.stringify(['person', who.board, who.role, device]);
  return createHmac('sha256', installation).update(text).digest('base64url').slice(0, 16);
}
