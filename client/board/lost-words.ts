import { shortened } from '$shared/text/graphemes.ts';
import { firstLine } from '$shared/text/lines.ts';
import type { Lost } from '../model/sync/lost.ts';
import { isRefused } from '../model/sync/lost.ts';
import type { Visit } from '../model/device/memory.ts';
import type { Touched } from '../model/sync/touched.ts';
import { textsIn } from '../model/sync/touched.ts';
import type { Key } from '../text/messages.svelte.ts';
import { dateTime, list, t } from '../text/messages.svelte.ts';
import { changeKey } from './change-words.ts';
import { refusalText } from './refusal-text.ts';

/** Records named per kind of change; the rest are counted. */
const mostNames = 3;
/** Longest name in characters; a card may hold a page of text. */
const mostCharacters = 60;

export function lostTitle({ why }: Lost): string {
  return t(isRefused(why) ? 'lost.refused.title' : `lost.${why}.title`);
}

/** What happened, in sentences. */
export function lostAbout({ why, person, exceeded, isPutBack }: Lost, visits: readonly Visit[]): string {
  if (isRefused(why)) {
    const reloaded = isPutBack ? [] : [t('lost.refused.reloaded')];
    return [t('lost.refused.text'), refusalText(why, exceeded), ...reloaded].join(' ');
  }
  const about = t(`lost.${why}.text`);
  const visit = why === 'other-person' ? visits.find((one) => one.person === person) : undefined;
  return visit ? `${about} ${t('lost.left', { name: visit.name, role: t(`role.${visit.role}`) })}` : about;
}

/** The name of a text field of a record. */
export function fieldName(of: string, field: string): string {
  return t(changeKey(of, field) ?? 'lost.text');
}

/** The changes that have no text to show: "card moved: “Buys a ticket” and 2 more". */
export function lostChanges(records: readonly Touched[]): string[] {
  const named = new Map<Key, string[]>();
  for (const record of records) {
    for (const key of changesIn(record)) named.set(key, [...(named.get(key) ?? []), shortName(record.name)]);
  }
  return [...named].map(([key, names]) => {
    const told = names.filter((name) => name !== '').slice(0, mostNames);
    const more = names.length - told.length;
    const all = more > 0 && names.length > 1 ? [...told, t('lost.more', { count: more })] : told;
    return all.length === 0 ? t(key) : t('lost.change', { what: t(key), names: list(all) });
  });
}

/** All of it as a text file. */
export function lostFile(
  losses: readonly Lost[],
  title: string,
  visits: readonly Visit[],
  now: number,
): string {
  const parts = losses.map((lost) =>
    [
      lostTitle(lost),
      lostAbout(lost, visits),
      ...lost.records.flatMap((record) =>
        textsIn(record).map(([field, text]) => `\n${fieldName(record.of, field)}:\n${text}`),
      ),
      ...lostChanges(lost.records).map((change, index) => `${index === 0 ? '\n' : ''}- ${change}`),
    ].join('\n'),
  );
  const head = t('lost.file.head', { title, date: dateTime(now) });
  return `${[head, ...parts].join('\n\n\n')}\n`;
}

/** All texts, one below the other, to paste elsewhere. */
export function lostTexts(losses: readonly Lost[]): string {
  return losses
    .flatMap(({ records }) => records.flatMap((one) => textsIn(one).map(([, text]) => text)))
    .join('\n\n');
}

function changesIn(record: Touched): readonly Key[] {
  const { of, isNew, texts, values } = record;
  const gone = values.find(([field]) => field === 'gone')?.[1];
  const hasText = textsIn(record).length > 0;
  // A new record is shown by its text, if it has one.
  if (isNew) return hasText ? [] : [changeKey(of, 'added') ?? 'step.write'];
  const keys = new Set<Key>();
  if (texts.length > 0 && !hasText) keys.add('step.write');
  for (const [field] of values) {
    const part = field !== 'gone' ? field : gone === true ? 'removed' : 'restored';
    const key = changeKey(of, part);
    if (key) keys.add(key);
  }
  return [...keys];
}

function shortName(name: string): string {
  const line = firstLine(name.trim());
  return line === '' ? '' : t('lost.name', { name: shortened(line, mostCharacters) });
}
