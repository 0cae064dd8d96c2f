import type { Rights } from '../../model/rights.ts';
import type { SessionModel } from '../../model/session/session.svelte.ts';
import { t } from '../../text/messages.svelte.ts';

/** What the session forbids this person, with its reasons in words. */
export function rightsOf(session: SessionModel): Rights {
  return {
    refusal: (operation, of, ids = [], place) => {
      const limit = session.limit(operation, of, ids, place);
      return limit && t(`session.refused.${limit}`);
    },
    bars: (power) => session.bars(power),
  };
}
