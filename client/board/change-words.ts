import type { collections } from '$shared/documents.ts';
import type { Collection } from '$shared/schema/collection.ts';
import type { Key } from '../text/messages.svelte.ts';
import { isKey, list, t } from '../text/messages.svelte.ts';

/** Fields that no command of a person sets after the record is made: nobody has to be told of them. */
type Untold = 'gone' | 'author' | 'number';
/** Collections that only the server writes. */
type Served = 'people';

/** The fields of a record by which a change is told; of a value, the value itself. */
type Part<C> =
  C extends Collection<infer F>
    ? `.${Exclude<keyof F & string, Untold> | 'added' | 'removed' | 'restored'}`
    : '';
type RecordKey = {
  [N in Exclude<keyof typeof collections, Served>]: `record.${N}${Part<(typeof collections)[N]>}`;
}[Exclude<keyof typeof collections, Served>];

/**
 * Each field of each collection has a message: a text field its name, another one what changing it is called. A
 * collection without them does not compile here: a change that the page has no words for would go unseen.
 */
type Worded<K extends Key> = K;
export type Told = Worded<RecordKey>;

/** What a change is called; null for what nobody has to be told of. */
export function changeKey(of: string, part: string): Key | null {
  const key = part === '' ? `record.${of}` : `record.${of}.${part}`;
  return isKey(key) ? key : null;
}

/** What changed in fields of a record: "card moved, text edit"; empty where there is no word for it. */
export function fieldsChanged(of: string, names: readonly string[]): string {
  const keys = names.flatMap((name) => changeKey(of, name) ?? []);
  return list([...new Set(keys)].map((key) => t(key)));
}
