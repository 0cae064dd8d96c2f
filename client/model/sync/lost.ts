import type { Exceeded, Refusal } from '$shared/wire/protocol.ts';
import { isRefusal } from '$shared/wire/protocol.ts';
import type { Touched } from './touched.ts';

/**
 * Refusals that the guard does not give: the update was too large for the server, or this release does not know the
 * reason.
 */
const refusedFor = ['too-large', 'unknown'] as const;

/** Why the board lacks edits that nobody refused. The interface has a title and a text for each. */
const notTaken = [
  /** The board was restored to an earlier version in the meantime. */
  'outdated',
  /** The server lost a newer generation of the board, as when a backup is restored. */
  'fallen-back',
  /** The server had lost the edits, and a facilitator discarded this page's copy. */
  'discarded',
  /** Kept on the device. The edits that it builds on are no longer on the board. */
  'no-base',
  /** Kept on the device by another person: another link, another role. */
  'other-person',
  /** Kept on the device, but damaged. */
  'unreadable',
  /** The board was deleted. */
  'no-board',
  /** The page lost access before it could send. It sends the edits when the person is on the board again. */
  'not-sent',
] as const;

export type RefusedWhy = Refusal | (typeof refusedFor)[number];
export type NotTakenWhy = (typeof notTaken)[number];
/** Why the board does not have a person's edits. */
export type LostWhy = RefusedWhy | NotTakenWhy;

/** Edits that the board lacks and will not get by itself. The person can copy, save or add them again. */
export interface Lost {
  /** Identifies one loss while the page is open. */
  readonly id: string;
  readonly why: LostWhy;
  /** The author: this person, or another on this device. */
  readonly person: string;
  readonly records: readonly Touched[];
  /** For the reason `allowance`: which allowance, if the server named it. */
  readonly exceeded?: Exceeded;
  /** True if the page goes on with its document, without these edits. */
  readonly isPutBack?: true;
  /** The whole document of the edits, if the server does not have that either. */
  readonly file: { readonly name: string; readonly bytes: () => Uint8Array } | null;
}

/** Reads a reason that an earlier page has stored, perhaps of another release. */
export function lostWhy(text: string): LostWhy {
  return isRefusal(text) ? text : ([...refusedFor, ...notTaken].find((why) => why === text) ?? 'unknown');
}

export function isRefused(why: LostWhy): why is RefusedWhy {
  return !notTaken.some((one) => one === why);
}

/** Merges descriptions into one per record. Later edits win, field by field. */
export function mergeRecords(records: readonly Touched[]): readonly Touched[] {
  const merged = new Map<string, Touched>();
  for (const [index, next] of records.entries()) {
    const key = next.of === '' ? `${index}` : `${next.of}/${next.id}`;
    const before = merged.get(key);
    merged.set(
      key,
      before
        ? {
            ...next,
            isNew: before.isNew || next.isNew,
            texts: [...new Map([...before.texts, ...next.texts])],
            values: [...new Map([...before.values, ...next.values])],
          }
        : next,
    );
  }
  return [...merged.values()];
}
