import type { Policy } from '../../../server/live/guard/policy.ts';

/** "Add, and change your own." Values have no author, so it allows all changes to them. */
export const ownOnly: Policy = {
  allows: ({ record, membership }) =>
    record !== null && !record.isLocked && (record.isNew || record.author === membership.person),
};
