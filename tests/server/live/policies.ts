import type { Policy, PolicyOperation } from '../../../server/live/guard/policy.ts';

/** A policy that refuses what a test does not allow. */
export const allowing = (allows: (operation: PolicyOperation) => boolean): Policy => ({
  broken: (operation) => (allows(operation) ? null : { reason: 'policy', rule: 'G22' }),
});

/** "Add, and change your own." Values have no author, so it forbids all changes to them. */
export const ownOnly: Policy = allowing(
  ({ record, membership }) =>
    record !== null && !record.isLocked && (record.isNew || record.author === membership.person),
);
