import * as v from 'valibot';
import { parseJsonAs } from '$shared/json.ts';

/** What this device remembers of how a person wants to see and hear sessions. */
const schema = v.object({
  isMuted: v.optional(v.boolean(), false),
  /** True if the rail of steps shows numbers only. `client/board/early-session.ts` reads it too. */
  isRailShort: v.optional(v.boolean(), true),
});
export type SessionPreferences = v.InferOutput<typeof schema>;

const key = 'resa.session';

export function sessionPreferences(): SessionPreferences {
  try {
    return parseJsonAs(schema, localStorage.getItem(key) ?? '') ?? v.parse(schema, {});
  } catch {
    return v.parse(schema, {});
  }
}

export function rememberSession(change: Partial<SessionPreferences>): void {
  try {
    localStorage.setItem(key, JSON.stringify({ ...sessionPreferences(), ...change }));
  } catch {
    // Storage is full or forbidden: the choice ends with the page.
  }
}
