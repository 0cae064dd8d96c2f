import { lanes } from '$shared/collections/lane.ts';
import { phases } from '$shared/collections/phase.ts';
import type { Policy } from '$shared/session/policy.ts';
import type { LogLine } from '$shared/session/view.ts';
import { clockOf } from '../../model/session/timer.ts';
import { nameOf } from '../../parts/person-name.ts';
import { frameTitle } from '../../parts/untitled.ts';
import { errorText } from '../../text/errors.ts';
import type { Key } from '../../text/messages.svelte.ts';
import { isKey, list, number, t } from '../../text/messages.svelte.ts';
import type { SessionParts } from './session-parts.svelte.ts';

/** Minutes and seconds in the digits of the language. */
export function clockText(leftMs: number): string {
  const { minutes, seconds } = clockOf(leftMs);
  return `${number(minutes)}:${number(seconds, { minimumIntegerDigits: 2 })}`;
}

/** What participants may do now, in one sentence. */
export function mayText(parts: SessionParts, policy: Policy): string {
  const each = (own: boolean, others: boolean, words: readonly [own: Key, all: Key]) =>
    others ? [t(words[1])] : own ? [t(words[0])] : [];
  const what = [
    ...(policy.add ? [t('session.may.add')] : []),
    ...each(policy.editOwn, policy.editOthers, ['session.may.edit-own', 'session.may.edit-all']),
    ...each(policy.moveOwn, policy.moveOthers, ['session.may.move-own', 'session.may.move-all']),
    ...each(policy.removeOwn, policy.removeOthers, ['session.may.remove-own', 'session.may.remove-all']),
    ...(policy.mark ? [t('session.may.mark')] : []),
  ];
  if (what.length === 0) return t('session.may.none');
  const places = placesIn(parts, policy);
  const may = t('session.may', { what: list(what) });
  return places.length > 0 ? `${may} ${t('session.may.focus', { places: list(places) })}` : may;
}

/** The names of the lanes and phases in focus. */
function placesIn({ workspace: { board } }: SessionParts, { focus }: Policy): string[] {
  return [
    ...focus.lanes.flatMap((id) => board.of(lanes).get(id) ?? []),
    ...focus.phases.flatMap((id) => board.of(phases).get(id) ?? []),
  ].map(({ title }) => frameTitle(title));
}

/** One line of the log as a sentence. */
export function lineText(parts: SessionParts, { by, what, about }: LogLine): string {
  const name = nameOf(parts.workspace.person(by).name);
  const key = `session.did.${what}`;
  if (!isKey(key)) return t('session.did.other', { name });
  const isPerson = ['role', 'remove', 'admit'].includes(what);
  const isItem = ['start', 'next', 'back', 'skip'].includes(what);
  const told = isPerson ? nameOf(parts.workspace.person(about).name) : isItem ? parts.titleOf(about) : about;
  return t(key, { name, about: told });
}

const goingOn = ['start', 'next', 'back', 'skip', 'finish'];

/** Why the server refused an act of this person. */
export function refusedAct(parts: SessionParts, code: string): string {
  if (code === 'session-moved') {
    const line = parts.model.log?.find(({ what }) => goingOn.includes(what));
    const by = line && line.by !== parts.workspace.self ? parts.workspace.person(line.by).name : '';
    return by === '' ? t('session.moved.someone') : t('session.moved', { name: by });
  }
  const key = `session.error.${code}`;
  return isKey(key) ? t(key) : errorText({ code });
}
