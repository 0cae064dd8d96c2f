import { newId } from '$shared/id.ts';
import type { GivenUp, KeptEdits } from './kept.svelte.ts';
import type { Lost } from './lost.ts';
import { mergeRecords } from './lost.ts';
import type { Touched } from './touched.ts';

/**
 * Keeps edits that the server put back while the page goes on. Those with the same reason are one loss: each letter
 * typed may come back by itself.
 */
export function keepPutBack(
  kept: KeptEdits,
  { why, generation, records, exceeded }: Omit<GivenUp, 'state'>,
): void {
  const before = kept.losses.find((lost) => lost.isPutBack && lost.why === why);
  const all = mergePutBacks(before?.records ?? [], records);
  const lost: Lost = {
    id: before?.id ?? newId(),
    why,
    person: kept.person,
    records: all,
    file: null,
    ...(exceeded && { exceeded }),
    isPutBack: true,
  };
  kept.set(lost, { why, generation, records: all, page: kept.pages.id });
}

/**
 * Merges descriptions of edits that were put back one by one. A text lacks by then what was put back before: of two
 * texts the one that has all of the other stays, else both.
 */
export function mergePutBacks(before: readonly Touched[], after: readonly Touched[]): readonly Touched[] {
  const textsBefore = new Map(
    before.flatMap(({ of, id, texts }) => texts.map(([field, text]) => [`${of}/${id}/${field}`, text])),
  );
  return mergeRecords([
    ...before,
    ...after.map((record) => ({
      ...record,
      texts: record.texts.map(([field, text]): [string, string] => [
        field,
        joined(textsBefore.get(`${record.of}/${record.id}/${field}`) ?? '', text),
      ]),
    })),
  ]);
}

function joined(before: string, after: string): string {
  if (hasAll(before, after)) return before;
  return hasAll(after, before) ? after : `${before}\n${after}`;
}

/** True if a text has all characters of another, in their order. */
function hasAll(text: string, other: string): boolean {
  let at = 0;
  for (const character of other) {
    at = text.indexOf(character, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
