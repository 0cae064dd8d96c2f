import { deflateRawSync, inflateRawSync } from 'node:zlib';
import * as Y from 'yjs';
import { servedNamed } from '../documents/served.ts';
import { preview } from '../history/preview.ts';
import { rebuild } from '../history/rebuild.ts';
import { removeAdded } from '../history/removal.ts';
import { restore } from '../history/restore.ts';

/**
 * The fastest level: a state of 1.5 MB takes 15 ms and shrinks to a quarter. The slowest level saves another tenth and
 * takes ten times as long.
 */
export const deflateLevel = 1;

/** Bytes as compressed on disk (raw deflate), and their original size. */
export interface Deflated {
  readonly bytes: Uint8Array;
  readonly size: number;
}

/** Many updates as two buffers, which are cheap to transfer to another thread. */
export interface PackedUpdates {
  readonly lengths: Uint32Array;
  readonly bytes: Uint8Array;
}

/** A document as one update. */
export interface Merged {
  readonly state: Uint8Array;
  /** False if some updates wait for missing ones. They are kept in the state. */
  readonly isWhole: boolean;
}

export function packUpdates(updates: readonly Uint8Array[]): PackedUpdates {
  const lengths = Uint32Array.from(updates, (update) => update.byteLength);
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const update of updates) {
    bytes.set(update, at);
    at += update.byteLength;
  }
  return { lengths, bytes };
}

export function unpackUpdates({ lengths, bytes }: PackedUpdates): Uint8Array[] {
  let at = 0;
  return Array.from(lengths, (length) => bytes.subarray(at, (at += length)));
}

/**
 * Merges a snapshot and later updates into one state. It goes through a document, which drops deleted content, and
 * because `Y.mergeUpdates` takes minutes for what this does in seconds (100,000 small updates).
 */
export function merge(snapshot: Uint8Array | null, updates: readonly Uint8Array[]): Merged {
  const doc = new Y.Doc();
  try {
    doc.transact(() => {
      if (snapshot) Y.applyUpdate(doc, snapshot);
      for (const update of updates) Y.applyUpdate(doc, update);
    });
    const isWhole = doc.store.pendingStructs === null && doc.store.pendingDs === null;
    return { state: Y.encodeStateAsUpdate(doc), isWhole };
  } finally {
    doc.destroy();
  }
}

/** A state, and the same state compressed for the disk. */
export interface Compacted extends Merged {
  readonly deflated: Uint8Array;
}

/** Like `merge`, with compressed input and output. */
export function compact(snapshot: Deflated | null, updates: PackedUpdates): Compacted {
  const before = snapshot && inflateRawSync(snapshot.bytes, { maxOutputLength: Math.max(1, snapshot.size) });
  const merged = merge(before, unpackUpdates(updates));
  return { ...merged, deflated: deflateRawSync(merged.state, { level: deflateLevel }) };
}

/** The worker's jobs by name. */
export const jobs = {
  merge: (snapshot: Uint8Array | null, updates: PackedUpdates) =>
    merge(snapshot, unpackUpdates(updates)).state,
  compact,
  restore: (document: string, current: Uint8Array, version: Uint8Array) =>
    restore(servedNamed(document), current, version),
  preview: (document: string, current: Uint8Array, update: Uint8Array) =>
    preview(servedNamed(document), current, update),
  removeAdded: (document: string, current: Uint8Array, version: Uint8Array, clients: readonly number[]) =>
    removeAdded(servedNamed(document), current, version, clients),
  rebuild: (document: string, state: Uint8Array) => rebuild(servedNamed(document), state),
};

export type Jobs = typeof jobs;
export type JobName = keyof Jobs;

/** A job sent to the worker. */
export interface Order {
  readonly name: JobName;
  readonly input: readonly unknown[];
}

/** The worker's reply. */
export type Answer =
  { readonly kind: 'done'; readonly result: unknown } | { readonly kind: 'failed'; readonly message: string };
