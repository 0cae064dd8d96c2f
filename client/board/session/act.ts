import type { Act } from '$shared/session/session.ts';
import { toast } from '../../ui/toasts.svelte.ts';
import type { SessionParts } from './session-parts.svelte.ts';
import { refusedAct } from './words.ts';

/** Does an act of a facilitator. If the server refuses it, says why. Returns whether it was done. */
export async function actOn(parts: SessionParts, act: Act): Promise<boolean> {
  parts.busy++;
  const answer = await parts.model.do(act);
  parts.busy--;
  if (answer.ok) return true;
  // The log says who was faster.
  if (answer.code === 'session-moved') await parts.model.readLog();
  toast(refusedAct(parts, answer.code), { tone: 'warning' });
  return false;
}
