import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';

/**
 * Pointers move many times a second, so they travel outside of presence, in frames of kind 5: a place that the server
 * does not interpret, and two numbers. Their meaning depends on the surface of the place:
 *
 * - On the map a place is the key of a cell (`cellKey`): `lane/phase/step`, with an empty step for the whole phase. The
 *   numbers are shares of that cell in ten-thousandths, 0 to 10,000. The place is written only if it differs from the
 *   previous one. A move within a cell takes about ten bytes.
 * - A canvas has the single place `canvas`. The numbers are whole, signed units of it, measured from its origin. The
 *   place is written every time, which takes one more byte. So a page without canvases never takes one for a cell.
 */
export interface Pointer {
  readonly place: string;
  readonly x: number;
  readonly y: number;
}

/** The kinds of surface that a pointer can be on. */
export type Surface = 'map' | 'canvas';

/** The place of a pointer that has left its surface. */
export const gone = '-';

/** The place of all pointers on a canvas. */
export const canvas = '~';

/** Means the same place as in the previous frame. */
const same = '';

/** Bytes of a place: three ids and their slashes. */
export const maxPlaceBytes = 200;

/** The number of parts that a share is written in. */
export const pointerParts = 10_000;

/** The extent of a canvas from its origin, in each direction, in its units. */
export const canvasReach = 1_000_000;

/** The surface of a place; null for `gone`, which is on none. */
export function surfaceOf(place: string): Surface | null {
  return place === gone ? null : place === canvas ? 'canvas' : 'map';
}

/** Converts a share of a cell (0 to 1) to whole parts. A point outside of the cell moves to its edge. */
export function partOf(share: number): number {
  return Math.round(Math.min(1, Math.max(0, share)) * pointerParts);
}

/** Converts a distance on a canvas to whole units. A point beyond the extent moves to its edge. */
export function unitOf(distance: number): number {
  // Adding 0 turns -0 into 0.
  return Math.round(Math.min(canvasReach, Math.max(-canvasReach, distance))) + 0;
}

/** Writes a pointer. `isPlaceKnown`: true if this place is the last one that the reader received. */
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

/** Three ids (`shared/id.ts`), the last of which may be empty. The server passes on no other places of a map. */
const cellPattern = /^[\w-]{1,64}\/[\w-]{1,64}\/[\w-]{0,64}$/;

/**
 * Reads a pointer. `known`: the last place received. Returns null for a pointer at the same place if that is no cell.
 * @throws if the bytes end too early, or hold no valid pointer
 */
export function readPointer(decoder: decoding.Decoder, known: string | null): Pointer | null {
  const written = decoding.readVarUint8Array(decoder);
  if (written.length > maxPlaceBytes) throw new Error('the place is too long');
  // A frame may be part of a larger buffer, and lib0 would read beyond the frame.
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
  // lib0 reads a byte past the end as 0.
  if (decoder.pos > decoder.arr.length) throw new Error('the place ends too early');
  if (!Number.isInteger(unit) || Math.abs(unit) > canvasReach) throw new Error('not on the canvas');
  return unit;
}
