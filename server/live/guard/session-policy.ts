import type { Policy as SessionPolicy } from '../../../shared/session/policy.ts';
import type { BrokenPolicy, Policy, PolicyOperation } from './policy.ts';
import type { TouchedRecord } from './record.ts';

/** Fields that say where a record is. */
const placeFields: ReadonlySet<string> = new Set(['place', 'at', 'order']);

const add: BrokenPolicy = { reason: 'not-now', rule: 'G24' };
const mark: BrokenPolicy = { reason: 'not-now', rule: 'G28' };
const outOfFocus: BrokenPolicy = { reason: 'out-of-focus', rule: 'G29' };

/** The rule of one kind of change to existing records, if nobody may make it, and if only the author may. */
interface Kind {
  readonly never: BrokenPolicy;
  readonly notYours: BrokenPolicy;
}
const kindOf = (rule: string): Kind => ({
  never: { reason: 'not-now', rule },
  notYours: { reason: 'not-yours', rule },
});
const edit = kindOf('G25');
const move = kindOf('G26');
const remove = kindOf('G27');

/** The rules of docs/SYNC.md (G24 to G29) under the policy of a session. */
export function policyFrom(session: SessionPolicy): Policy {
  return { broken: (operation) => brokenBy(session, operation) };
}

/** Allows what any of these policies allows. For what all forbid, the first one gives the reason. */
export function anyOf(policies: readonly Policy[]): Policy {
  return {
    broken(operation) {
      let first: BrokenPolicy | null = null;
      for (const policy of policies) {
        const broken = policy.broken(operation);
        if (broken === null) return null;
        first ??= broken;
      }
      return first;
    },
  };
}

function brokenBy(session: SessionPolicy, operation: PolicyOperation): BrokenPolicy | null {
  const { collection, record } = operation;
  if (collection?.kind === 'values') return session.mark ? null : mark;
  if (!record) return null;
  return powerBroken(session, operation, record) ?? focusBroken(session, operation, record);
}

function powerBroken(
  session: SessionPolicy,
  operation: PolicyOperation,
  record: TouchedRecord,
): BrokenPolicy | null {
  const { membership, depth, change } = operation;
  if (record.isNew) return session.add ? null : add;
  const isOwn = record.author === membership.person;
  const field = depth === 2 ? change.key : null;
  if (field === 'gone') {
    // The page adds a record as removed, and shows it with a second write.
    if (isOwn && session.add && isShowing(operation) && record.wasNeverShown()) return null;
    return broken(remove, isOwn, session.removeOwn, session.removeOthers);
  }
  if (field !== null && placeFields.has(field))
    return broken(move, isOwn, session.moveOwn, session.moveOthers);
  return broken(edit, isOwn, session.editOwn, session.editOthers);
}

function broken(kind: Kind, isOwn: boolean, own: boolean, others: boolean): BrokenPolicy | null {
  if (isOwn ? own : others) return null;
  return own && !isOwn ? kind.notYours : kind.never;
}

/** True for the parts of an update that set `gone` to false: the new value, and the end of the old one. */
function isShowing({ change }: PolicyOperation): boolean {
  if (change.does === 'remove') return true;
  const { content } = change;
  return content.kind === 'values' && content.values.every((value) => value === false);
}

/** Both the place before the update and the new one must be in the lanes and phases in focus. */
function focusBroken(
  { focus }: SessionPolicy,
  operation: PolicyOperation,
  record: TouchedRecord,
): BrokenPolicy | null {
  if (focus.lanes.length + focus.phases.length === 0) return null;
  const { depth, change } = operation;
  if (!record.isNew && !isInFocus(record.valueOf('place'), focus, operation)) return outOfFocus;
  if (depth !== 2 || change.key !== 'place' || change.does === 'remove') return null;
  if (change.content.kind !== 'values') return null;
  return change.content.values.every((place) => isInFocus(place, focus, operation)) ? null : outOfFocus;
}

/** Only what is in a lane, which is cards, has such a place. */
function isInFocus(place: unknown, focus: SessionPolicy['focus'], operation: PolicyOperation): boolean {
  if (typeof place !== 'object' || place === null || !('lane' in place) || !('phase' in place)) return true;
  return (
    isAmong(place.lane, focus.lanes, 'lanes', operation) &&
    isAmong(place.phase, focus.phases, 'phases', operation)
  );
}

/** If none of the lanes (or phases) in focus is left, all are in focus. */
function isAmong(
  id: unknown,
  ids: readonly string[],
  collection: string,
  operation: PolicyOperation,
): boolean {
  if (ids.length === 0 || (typeof id === 'string' && ids.includes(id))) return true;
  return !ids.some((one) => operation.isThere(collection, one));
}
