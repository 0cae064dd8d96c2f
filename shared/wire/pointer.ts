import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';

/**
 * Pointers move many times a second, so they go their own way beside presence, as frames of kind 5: a place
 * that the server does not read, and two numbers. A place is written only where it differs from the one
 * before; a move within a cell is some ten bytes.
 */
export interface Pointer {
  /** Which cell, by its key (`cellKey`): `lane/phase/step`, the step empty for the whole phase. `gone`: there is no pointer. */
  readonly place: string;
  /** Shares of that cell in ten-thousandths, 0 to 10,000. */
  readonly x: number;
  readonly y: number;
}

/** Stands for a pointer that has left the map. */
export const gone = '-';

/** The same place as in the frame before. */
const same = '';

/** Bytes of a place: three ids and their slashes. */
export const maxPlaceBytes = 200;

/** Shares are written in so many parts. */
export const pointerParts = 10_000;

/** A share of a cell (0 to 1) in whole parts; what lies beside the cell is put on its edge. */
export function partOf(share: number): number {
  return Math.round(Math.min(1, Math.max(0, share)) * pointerParts);
}

/** Writes a pointer; `isPlaceKnown` where whoever reads it has heard of this place last. */
export function writePointer(encoder: encoding.Encoder, pointer: Pointer, isPlaceKnown: boolean): void {
  encoding.writeVarString(encoder, isPlaceKnown && pointer.place !== gone ? same : pointer.place);
  if (pointer.place === gone) return;
  encoding.writeVarUint(encoder, pointer.x);
  encoding.writeVarUint(encoder, pointer.y);
}

/** Three ids (`shared/id.ts`), the last of which may be missing. Nothing else is passed on to others. */
const placePattern = /^[\w-]{1,64}\/[\w-]{1,64}\/[\w-]{0,64}$/;

/**
 * Reads a pointer. `known`: the place last heard of; without one, a pointer at the same place is none.
 * @throws where the bytes end too early, or hold what no pointer is
 */
export function readPointer(decoder: decoding.Decoder, known: string | null): Pointer | null {
  const written = decoding.readVarUint8Array(decoder);
  if (written.length > maxPlaceBytes) throw new Error('the place is too long');
  // A frame may be a part of a larger buffer, which lib0 would read on into.
  if (decoder.pos > decoder.arr.length) throw new Error('the place ends too early');
  const place = String.fromCharCode(...written);
  if (place === gone) return { place, x: 0, y: 0 };
  if (place !== same && !placePattern.test(place)) throw new Error('no place');
  const x = decoding.readVarUint(decoder);
  const y = decoding.readVarUint(decoder);
  if (!isShare(x) || !isShare(y)) throw new Error('no share of a cell');
  if (place !== same) return { place, x, y };
  return known === null || known === gone ? null : { place: known, x, y };
}

const isShare = (part: number) => Number.isInteger(part) && part >= 0 && part <= pointerParts;
