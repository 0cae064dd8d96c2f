import * as decoding from 'lib0/decoding';
import { parseJsonAs } from '../../../shared/json.ts';
import {
  clientControlSchema,
  frameKind,
  maxMarkChars,
  maxProofMarks,
  syncKind,
} from '../../../shared/wire/protocol.ts';
import { maxPresenceEntries } from '../limits.ts';
import { isClient, isClock } from '../yjs-id.ts';

/** What a client may say, one message a frame. Bytes are views of the frame, not copies. */
export type Frame =
  | { readonly kind: 'step1'; readonly stateVector: Uint8Array }
  /** Sync step 2 (the answer to our step 1) or a single update: both bring changes. */
  | { readonly kind: 'changes'; readonly update: Uint8Array; readonly isStep2: boolean }
  | { readonly kind: 'presence'; readonly entries: readonly PresenceEntry[] }
  | { readonly kind: 'presence-query' }
  /** A pointer, still to be read: whether its place is known depends on who sent it. */
  | { readonly kind: 'pointer'; readonly body: decoding.Decoder }
  /** Clock marks that a page shows to prove that the server has lost edits. */
  | { readonly kind: 'proof'; readonly marks: readonly string[] };

/** What a client says of where it is, or asks of others. */
export type PresenceFrame = Exclude<Frame, { kind: 'step1' | 'changes' | 'proof' }>;

/** As long as a proof may be. */
const maxControlChars = (maxMarkChars + 8) * maxProofMarks;

/** One client's state within a presence frame. The JSON stays bytes until somebody has to read it. */
export interface PresenceEntry {
  readonly client: number;
  readonly clock: number;
  readonly json: Uint8Array;
}

/** Reads a frame from a client; null where it is none, or has more after its end. */
export function readFrame(bytes: Uint8Array): Frame | null {
  try {
    const decoder = decoding.createDecoder(bytes);
    const frame = readBody(decoder);
    return frame?.kind !== 'pointer' && decoding.hasContent(decoder) ? null : frame;
  } catch {
    // lib0 throws at the end of the bytes, and at most numbers past 2^53.
    return null;
  }
}

function readBody(decoder: decoding.Decoder): Frame | null {
  switch (decoding.readVarUint(decoder)) {
    case frameKind.sync:
      return readSync(decoder);
    case frameKind.awareness:
      return {
        kind: 'presence',
        entries: readEntries(decoding.createDecoder(decoding.readVarUint8Array(decoder))),
      };
    case frameKind.queryAwareness:
      return { kind: 'presence-query' };
    case frameKind.pointer:
      return { kind: 'pointer', body: decoder };
    case frameKind.control:
      return readControl(decoding.readVarString(decoder));
    default:
      return null;
  }
}

function readControl(json: string): Frame | null {
  if (json.length > maxControlChars) return null;
  return parseJsonAs(clientControlSchema, json) ?? null;
}

function readSync(decoder: decoding.Decoder): Frame | null {
  const kind = decoding.readVarUint(decoder);
  const payload = decoding.readVarUint8Array(decoder);
  switch (kind) {
    case syncKind.step1:
      return { kind: 'step1', stateVector: payload };
    case syncKind.step2:
      return { kind: 'changes', update: payload, isStep2: true };
    case syncKind.update:
      return { kind: 'changes', update: payload, isStep2: false };
    default:
      return null;
  }
}

function readEntries(decoder: decoding.Decoder): PresenceEntry[] {
  const entries: PresenceEntry[] = [];
  const count = decoding.readVarUint(decoder);
  if (count > maxPresenceEntries) throw new Error('more entries than people');
  for (let left = count; left > 0; left--) {
    const client = decoding.readVarUint(decoder);
    const clock = decoding.readVarUint(decoder);
    if (!isClient(client) || !isClock(clock)) throw new Error('no client id, or no clock');
    // A string is written as its length in bytes and its UTF-8, which is also how bytes are written.
    entries.push({ client, clock, json: decoding.readVarUint8Array(decoder) });
  }
  if (decoding.hasContent(decoder)) throw new Error('more after the last entry');
  return entries;
}

/** Whether an update says nothing at all: what a client that has nothing new answers to step 1. */
export function isEmptyUpdate(update: Uint8Array): boolean {
  return update.length === 2 && update[0] === 0 && update[1] === 0;
}
