import type { collections } from '$shared/documents.ts';
import type { Collection } from '$shared/schema/collection.ts';
import type { TextField } from '$shared/schema/field.ts';
import type { Key } from '../text/messages.svelte.ts';
import { isKey, list, t } from '../text/messages.svelte.ts';

/** Fields that no command changes after the record is made. They need no words. */
type Untold = 'gone' | 'author' | 'number';
/** Collections that only the server writes. */
type Served = 'people';

/** The fields by which a change to a record is described; for a value, the value itself. */
type Part<C> =
  C extends Collection<infer F>
    ? `.${Exclude<keyof F & string, Untold | TextsOf<F>> | 'added' | 'removed' | 'restored'}`
    : '';
type TextsOf<F> = { [K in keyof F & string]: F[K] extends TextField ? K : never }[keyof F & string];
type Changed = Exclude<keyof typeof collections, Served>;
type RecordKey = {
  [N in Changed]:
    | `record.${N}${Part<(typeof collections)[N]>}`
    | ((typeof collections)[N] extends Collection<infer F> ? `field.${N}.${TextsOf<F>}` : never);
}[Changed];

/**
 * Each field of each collection has a message: the name of a text field, or the name of the change of any other field.
 * A collection without them does not compile here, since the page could not describe a change to it.
 */
type Worded<K extends Key> = K;
export type Told = Worded<RecordKey>;

/** The name of a change, or of a text field; null if it need not be shown. */
export function changeKey(of: string, part: string): Key | null {
  const named = part === '' ? [`record.${of}`] : [`record.${of}.${part}`, `field.${of}.${part}`];
  return named.find(isKey) ?? null;
}

/** The changes to fields of a record in words: "card moved, text edit". Empty if there are no words for them. */
export function fieldsChanged(of: string, names: readonly string[]): string {
  const keys = names.flatMap((name) => changeKey(of, name) ?? []);
  return list([...new Set(keys)].map((key) => t(key)));
}
