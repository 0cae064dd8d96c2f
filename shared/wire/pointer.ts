import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';

/**
 * Pointers move many times a second, so they go their own way beside presence, as frames of kind 5: a place
 * that the server does not read, and two numbers. What they mean depends on the surface that the place is on:
 *
 * - On the map a place is a cell by its key (`cellKey`): `lane/phase/step`, the step empty for the whole phase. The
 *   numbers are shares of that cell in ten-thousandths, 0 to 10,000. The place is written only where it differs from
 *   the one before; a move within a cell is some ten bytes.
 * - A canvas has the one place `canvas`. The numbers are whole units of it, from its origin, with a sign. The place
 *   is written each time, which takes one byte more: a page that knows no canvas then never takes one for a cell.
 */
export interface Pointer {
  readonly place: string;
  readonly x: number;
  readonly y: number;
}

/** What a pointer may be on. */
export type Surface = 'map' | 'canvas';

/** Stands for a pointer that has left its surface. */
export const gone = '-';

/** The place of all pointers on a canvas. */
export const canvas = '~';

/** The same place as in the frame before. */
const same = '';

/** Bytes of a place: three ids and their slashes. */
export const maxPlaceBytes = 200;

/** Shares are written in so many parts. */
export const pointerParts = 10_000;

/** How far from its origin a canvas reaches, in each direction, in its units. */
export const canvasReach = 1_000_000;

/** The surface that a place is on; null for `gone`, which is on none. */
export function surfaceOf(place: string): Surface | null {
  return place === gone ? null : place === canvas ? 'canvas' : 'map';
}

/** A share of a cell (0 to 1) in whole parts; what lies beside the cell is put on its edge. */
export function partOf(share: number): number {
  return Math.round(Math.min(1, Math.max(0, share)) * pointerParts);
}

/** A distance on a canvas in whole units; what lies beyond its reach is put on its edge. */
export function unitOf(distance: number): number {
  // Adding 0 takes the sign off a zero.
  return Math.round(Math.min(canvasReach, Math.max(-canvasReach, distance))) + 0;
}

/** Writes a pointer; `isPlaceKnown` where whoever reads it has heard of this place last. */
export function writePointer(
  encoder: encoding.Encoder,
  { place, x, y }: Pointer,
  isPlaceKnown: boolean,
): void {
  if (place === canvas) {
    encoding.writeVarString(encoder, canvas);
    encoding.writeVarInt(encoder, x);
    encoding.writeVarInt(encoder, y);
    return;
  }
  encoding.writeVarString(encoder, isPlaceKnown && place !== gone ? same : place);
  if (place === gone) return;
  encoding.writeVarUint(encoder, x);
  encoding.writeVarUint(encoder, y);
}

/** Three ids (`shared/id.ts`), the last of which may be missing. Of a map, nothing else is passed on to others. */
const cellPattern = /^[\w-]{1,64}\/[\w-]{1,64}\/[\w-]{0,64}$/;

/**
 * Reads a pointer. `known`: the place last heard of; a pointer at the same place is none where that is no cell.
 * @throws where the bytes end too early, or hold what no pointer is
 */
export function readPointer(decoder: decoding.Decoder, known: string | null): Pointer | null {
  const written = decoding.readVarUint8Array(decoder);
  if (written.length > maxPlaceBytes) throw new Error('the place is too long');
  // A frame may be a part of a larger buffer, which lib0 would read on into.
  if (decoder.pos > decoder.arr.length) throw new Error('the place ends too early');
  const place = String.fromCharCode(...written);
  if (place === gone) return { place, x: 0, y: 0 };
  if (place === canvas) return { place, x: readUnit(decoder), y: readUnit(decoder) };
  if (place !== same && !cellPattern.test(place)) throw new Error('no place');
  const x = decoding.readVarUint(decoder);
  const y = decoding.readVarUint(decoder);
  if (!isShare(x) || !isShare(y)) throw new Error('no share of a cell');
  if (place !== same) return { place, x, y };
  return known === null || known === gone || known === canvas ? null : { place: known, x, y };
}

const isShare = (part: number) => Number.isInteger(part) && part >= 0 && part <= pointerParts;

function readUnit(decoder: decoding.Decoder): number {
  const unit = decoding.readVarInt(decoder) + 0;
  // lib0 reads a byte behind the end as a 0.
  if (decoder.pos > decoder.arr.length) throw new Error('the place ends too early');
  if (!Number.isInteger(unit) || Math.abs(unit) > canvasReach) throw new Error('not on the canvas');
  return unit;
}
