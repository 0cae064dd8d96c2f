import type * as Y from 'yjs';
import type { RowKey, StoredRow } from './edit-rows.ts';
import { FittingRoom, isUpdate, textsInserted } from './fit.ts';
import type { LostWhy } from './lost.ts';
import { lostWhy, mergeRecords } from './lost.ts';
import type { Touched } from './touched.ts';
import { looseText, missingFrom } from './touched.ts';

/** The page that finds rows on the device: its document in the server's state, and what the page may do. */
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
  /** Edits that fit the document, in an order that works. */
  readonly fitting: readonly { readonly key: RowKey; readonly bytes: Uint8Array }[];
  /** Rows whose content the board already has. */
  readonly needless: readonly RowKey[];
  readonly losses: readonly FoundLoss[];
}

/**
 * Sorts the rows of the device into edits that can be sent and losses that must be shown. Changes neither rows nor
 * document.
 */
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
    // A row that is fully unreadable has no known owner.
    const person = row.person === '' ? finder.person : row.person;
    // Rows of edits are parts of one loss. A lost row is a loss by itself.
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

/** Two pages may have stored edits at the same time that build on each other. Tries again until no more fit. */
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

/** The records that a row describes; if it describes none, the texts in its bytes. */
function recordsOf({ records, bytes }: StoredRow): readonly Touched[] {
  if (records.length > 0 || bytes === null) return records;
  return isUpdate(bytes) ? textsInserted(bytes).map(looseText) : [];
}
