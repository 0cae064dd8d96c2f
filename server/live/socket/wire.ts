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

/** A message of a client, one per frame. Bytes are views of the frame, not copies. */
export type Frame =
  | { readonly kind: 'step1'; readonly stateVector: Uint8Array }
  /** Sync step 2 (the answer to the server's step 1) or a single update. Both bring changes. */
  | { readonly kind: 'changes'; readonly update: Uint8Array; readonly isStep2: boolean }
  | { readonly kind: 'presence'; readonly entries: readonly PresenceEntry[] }
  | { readonly kind: 'presence-query' }
  /** A pointer that is still to be parsed: whether its place is known depends on the sender. */
  | { readonly kind: 'pointer'; readonly body: decoding.Decoder }
  /** Clock marks that a page shows to prove that the server has lost edits. */
  | { readonly kind: 'proof'; readonly marks: readonly string[] };

/** A client's own presence, or a request for that of others. */
export type PresenceFrame = Exclude<Frame, { kind: 'step1' | 'changes' | 'proof' }>;

/** Maximum length of a proof. */
const maxControlChars = (maxMarkChars + 8) * maxProofMarks;

/** One client's state in a presence frame. The JSON is decoded only when needed. */
export interface PresenceEntry {
  readonly client: number;
  readonly clock: number;
  readonly json: Uint8Array;
}

/** Reads a frame of a client; null if it is malformed or has extra bytes. */
export function readFrame(bytes: Uint8Array): Frame | null {
  try {
    const decoder = decoding.createDecoder(bytes);
    const frame = readBody(decoder);
    return frame?.kind !== 'pointer' && decoding.hasContent(decoder) ? null : frame;
  } catch {
    // lib0 throws at the end of the bytes, and for most numbers above 2^53.
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
  if (count > maxPresenceEntries) throw new Error('too many presence entries');
  for (let left = count; left > 0; left--) {
    const client = decoding.readVarUint(decoder);
    const clock = decoding.readVarUint(decoder);
    if (!isClient(client) || !isClock(clock)) throw new Error('invalid client id or clock');
    // A string is encoded as its length in bytes and its UTF-8, in the same way as bytes.
    entries.push({ client, clock, json: decoding.readVarUint8Array(decoder) });
  }
  if (decoding.hasContent(decoder)) throw new Error('extra bytes after the last entry');
  return entries;
}

/** True if an update is empty: a client without new content answers step 1 with it. */
export function isEmptyUpdate(update: Uint8Array): boolean {
  return update.length === 2 && update[0] === 0 && update[1] === 0;
}
