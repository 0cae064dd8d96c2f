import type * as Y from 'yjs';
import type { RowKey, StoredRow } from './edit-rows.ts';
import { FittingRoom, isUpdate, textsInserted } from './fit.ts';
import type { LostWhy } from './lost.ts';
import { lostWhy, mergeRecords } from './lost.ts';
import type { Touched } from './touched.ts';
import { looseText, missingFrom } from './touched.ts';

/** The page that finds rows on the device: its document, as the server has it, and what it may do. */
export interface Finder {
  readonly doc: Y.Doc;
  readonly person: string;
  readonly generation: number;
  readonly mayWrite: boolean;
}

/** Rows that will not reach the board by themselves. */
export interface FoundLoss {
  readonly keys: readonly RowKey[];
  readonly why: LostWhy;
  readonly person: string;
  readonly records: readonly Touched[];
  readonly state: Uint8Array | null;
}

export interface Sorted {
  /** Edits that fit the document, in an order in which they do. */
  readonly fitting: readonly { readonly key: RowKey; readonly bytes: Uint8Array }[];
  /** Rows that hold nothing which the board does not have. */
  readonly needless: readonly RowKey[];
  readonly losses: readonly FoundLoss[];
}

/** Sorts what lies on the device: what can be sent, and what has to be shown. Changes neither. */
export function sortRows(rows: readonly StoredRow[], finder: Finder): Sorted {
  const fitting = fittingRows(rows, finder);
  const fits = new Set(fitting.map(({ key }) => key));
  const needless: RowKey[] = [];
  const losses = new Map<string, FoundLoss>();
  for (const row of rows) {
    if (fits.has(row.key)) continue;
    const told = recordsOf(row);
    const records = told.flatMap((record) => missingFrom(finder.doc, record) ?? []);
    if (told.length > 0 && records.length === 0) {
      needless.push(row.key);
      continue;
    }
    const why = whyLost(row, finder);
    // Of a row that cannot be read at all nobody knows whose it is.
    const person = row.person === '' ? finder.person : row.person;
    // Rows of edits are many pieces of one loss; a lost row is one by itself.
    const group = row.why === null ? `${why} ${person}` : String(row.key);
    const before = losses.get(group);
    losses.set(group, {
      why,
      person,
      keys: [...(before?.keys ?? []), row.key],
      records: mergeRecords([...(before?.records ?? []), ...records]),
      state: row.state,
    });
  }
  return { fitting, needless, losses: [...losses.values()] };
}

/** Two pages may have put away at the same time what builds on each other: tried until no more fits. */
function fittingRows(rows: readonly StoredRow[], finder: Finder): Sorted['fitting'] {
  let waiting = rows.flatMap((row) =>
    mayBeSent(row, finder) && row.bytes ? [{ key: row.key, bytes: row.bytes }] : [],
  );
  if (waiting.length === 0) return [];
  const room = new FittingRoom(finder.doc);
  const fitting: { key: RowKey; bytes: Uint8Array }[] = [];
  for (let before = -1; before !== fitting.length;) {
    before = fitting.length;
    waiting = waiting.filter((row) => {
      const fits = room.fits(row.bytes);
      if (fits) fitting.push(row);
      return !fits;
    });
  }
  room.close();
  return fitting;
}

function mayBeSent(row: StoredRow, { person, generation, mayWrite }: Finder): boolean {
  return row.why === null && row.person === person && row.generation === generation && mayWrite;
}

function whyLost(row: StoredRow, { person, generation, mayWrite }: Finder): LostWhy {
  if (row.why !== null) return lostWhy(row.why);
  if (row.bytes === null || !isUpdate(row.bytes)) return 'unreadable';
  if (row.person !== person) return 'other-person';
  if (row.generation !== generation) return row.generation > generation ? 'fallen-back' : 'outdated';
  return mayWrite ? 'no-base' : 'observer';
}

/** What a row says of itself; of one that says nothing, the texts in its bytes. */
function recordsOf({ records, bytes }: StoredRow): readonly Touched[] {
  if (records.length > 0 || bytes === null) return records;
  return isUpdate(bytes) ? textsInserted(bytes).map(looseText) : [];
}
