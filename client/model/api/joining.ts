import * as v from 'valibot';
import type { Answer } from './request.ts';
import { ask, boardPath, roleSchema, startSchema } from './request.ts';

const invitationSchema = v.object({
  board: v.string(),
  title: v.string(),
  role: roleSchema,
  language: v.string(),
  colorsTaken: v.array(v.string()),
});
/** What a link opens, for the person who is about to join. */
export type Invitation = v.InferOutput<typeof invitationSchema>;

const joinedSchema = v.object({
  board: v.string(),
  role: roleSchema,
  person: v.string(),
  /** As the server has cleaned it up. */
  name: v.string(),
  color: v.string(),
  title: v.string(),
  start: startSchema,
});
export type Joined = v.InferOutput<typeof joinedSchema>;

/**
 * @param link a whole link or its secret
 * @param device the device key of this browser: the colour that this device already has on the board counts as free
 */
export function readInvitation(link: string, device: string): Promise<Answer<Invitation>> {
  return ask('POST', '/api/invitation', invitationSchema, { link, device });
}

/** Takes a membership on a board. The server sends its token as a cookie that scripts cannot read. */
export function join(who: {
  readonly link: string;
  readonly name: string;
  /** Undefined lets the server choose. */
  readonly color: string | undefined;
  readonly language: string;
  readonly device: string;
}): Promise<Answer<Joined>> {
  return ask('POST', '/api/join', joinedSchema, who);
}

/** Extends the membership's token by another working day. */
export function renewMembership(board: string, person: string): Promise<Answer<unknown>> {
  return ask('POST', boardPath(board, person, '/renew'), v.unknown());
}
