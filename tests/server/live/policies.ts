import type { Policy } from '../../../server/live/guard/policy.ts';

/** "Add, and change one's own." Values are nobody's, so it leaves them alone. */
export const ownOnly: Policy = {
  allows: ({ record, membership }) =>
    record !== null && !record.isLocked && (record.isNew || record.author === membership.person),
};
