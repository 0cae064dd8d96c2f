import type { Exceeded, Refusal } from '$shared/wire/protocol.ts';
import { isRefusal } from '$shared/wire/protocol.ts';
import type { Touched } from './touched.ts';

/** A refusal without a reason of the guard: more at once than the server takes; or none that this release knows. */
const refusedFor = ['too-large', 'unknown'] as const;

/** Why the board does not have it although nobody refused it; a title and a text of the interface for each. */
const notTaken = [
  /** The board was put back to an earlier version meanwhile. */
  'outdated',
  /** The server lost a newer generation of the board, as when a backup is restored. */
  'fallen-back',
  /** The server had lost it, and a facilitator discarded what this page had of it. */
  'discarded',
  /** Kept on the device; what it builds on is not on the board any more. */
  'no-base',
  /** Kept on the device by another person of it: another link, another role. */
  'other-person',
  /** Kept on the device, and damaged. */
  'unreadable',
  /** The board is gone. */
  'no-board',
  /** The page was put out before it could send; it is sent when the person is on the board again. */
  'not-sent',
] as const;

export type RefusedWhy = Refusal | (typeof refusedFor)[number];
export type NotTakenWhy = (typeof notTaken)[number];
/** Why the board does not have what a person did. */
export type LostWhy = RefusedWhy | NotTakenWhy;

/** Work that the board does not have and will not get by itself: to copy, to save, or to add again. */
export interface Lost {
  /** Tells one loss from another for as long as the page is open. */
  readonly id: string;
  readonly why: LostWhy;
  /** Who did it: this person, or another one of this device. */
  readonly person: string;
  readonly records: readonly Touched[];
  /** With the reason `allowance`: which one, where the server said so. */
  readonly exceeded?: Exceeded;
  /** The whole document that it was part of, where the server does not have that either. */
  readonly file: { readonly name: string; readonly bytes: () => Uint8Array } | null;
}

/** Reads a reason that an earlier page, perhaps of another release, has put away. */
export function lostWhy(text: string): LostWhy {
  return isRefusal(text) ? text : ([...refusedFor, ...notTaken].find((why) => why === text) ?? 'unknown');
}

export function isRefused(why: LostWhy): why is RefusedWhy {
  return !notTaken.some((one) => one === why);
}

/** Each record once: later edits have the last word on each field. */
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
