import fc from 'fast-check';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { describe, expect, test } from 'vitest';
import type { Pointer } from '../../shared/wire/pointer.ts';
import {
  canvas,
  canvasReach,
  gone,
  maxPlaceBytes,
  partOf,
  pointerParts,
  readPointer,
  surfaceOf,
  unitOf,
  writePointer,
} from '../../shared/wire/pointer.ts';

const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
const part = fc.integer({ min: 0, max: pointerParts });
const somewhere = fc.record({
  place: fc.tuple(id, id, fc.oneof(id, fc.constant(''))).map((ids) => ids.join('/')),
  x: part,
  y: part,
});
const unit = fc.integer({ min: -canvasReach, max: canvasReach });
const onCanvas = fc.record({ place: fc.constant(canvas), x: unit, y: unit });
const pointer: fc.Arbitrary<Pointer> = fc.oneof(
  somewhere,
  onCanvas,
  fc.constant({ place: gone, x: 0, y: 0 }),
);

const write = (one: Pointer, isPlaceKnown: boolean) =>
  encoding.encode((encoder) => writePointer(encoder, one, isPlaceKnown));
const read = (bytes: Uint8Array, known: string | null = null) =>
  readPointer(decoding.createDecoder(bytes), known);
const bytesOf = (place: string, ...shares: number[]) =>
  encoding.encode((encoder) => {
    encoding.writeVarString(encoder, place);
    for (const share of shares) encoding.writeVarUint(encoder, share);
  });
const canvasBytes = (...units: number[]) =>
  encoding.encode((encoder) => {
    encoding.writeVarString(encoder, canvas);
    for (const one of units) encoding.writeVarInt(encoder, one);
  });

describe('a pointer', () => {
  test('is read as it was written, with its place sent only when it changes', () => {
    fc.assert(
      fc.property(fc.array(pointer, { maxLength: 20 }), (walk) => {
        let [told, heard]: (string | null)[] = [null, null];
        for (const one of walk) {
          const decoder = decoding.createDecoder(write(one, one.place === told));
          expect(readPointer(decoder, heard ?? null)).toEqual(one);
          expect(decoding.hasContent(decoder)).toBe(false);
          told = heard = one.place;
        }
      }),
    );
  });

  test('takes at most five bytes while it stays in one cell', () => {
    fc.assert(
      fc.property(somewhere, (one) => {
        expect(write(one, true).length).toBeLessThanOrEqual(5);
      }),
    );
  });

  test('on a canvas takes at most eight bytes, and always names its surface', () => {
    fc.assert(
      fc.property(onCanvas, fc.boolean(), (one, isPlaceKnown) => {
        expect(write(one, isPlaceKnown).length).toBeLessThanOrEqual(8);
        expect(read(write(one, isPlaceKnown))).toEqual(one);
      }),
    );
    expect(write({ place: canvas, x: -640, y: 480 }, true)).toHaveLength(6);
  });

  test('on the map is encoded as in the previous release', () => {
    expect([...write({ place: 'a/b/', x: 1, y: 10_000 }, false)]).toEqual([4, 97, 47, 98, 47, 1, 0x90, 0x4e]);
    expect([...write({ place: 'a/b/', x: 1, y: 10_000 }, true)]).toEqual([0, 1, 0x90, 0x4e]);
    expect([...write({ place: gone, x: 0, y: 0 }, true)]).toEqual([1, 45]);
  });

  test('is on the surface of its place', () => {
    expect(['a/b/', 'a/b/c', canvas, gone].map(surfaceOf)).toEqual(['map', 'map', 'canvas', null]);
  });

  test('outside the range of a canvas is clamped to its edge, and rounded to whole units', () => {
    const units = [-2e6, -0.4, 0.6, 1e9].map(unitOf);
    expect(units).toEqual([-canvasReach, 0, 1, canvasReach]);
  });

  test('without a place is ignored if the last place was a canvas', () => {
    expect(read(bytesOf('', 1, 2), canvas)).toBeNull();
  });

  test('is ignored when its place is unknown, or after it has left', () => {
    const bytes = write({ place: 'a/b/', x: 1, y: 2 }, true);
    expect(read(bytes, null)).toBeNull();
    expect(read(bytes, gone)).toBeNull();
    expect(read(bytes, 'c/d/e')).toEqual({ place: 'c/d/e', x: 1, y: 2 });
  });

  test("beside a cell is clamped to the cell's edge", () => {
    expect([-0.2, 0, 0.25, 1, 1.5].map(partOf)).toEqual([0, 0, 2_500, 10_000, 10_000]);
  });
});

describe('hostile bytes', () => {
  test('of any kind give a valid pointer or an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.option(id), (bytes, known) => {
        let one: Pointer | null;
        try {
          one = read(bytes, known);
        } catch {
          return;
        }
        if (one === null) return;
        if (one.place === canvas) {
          for (const distance of [one.x, one.y]) expect(distance).toBe(unitOf(distance));
          return;
        }
        expect(one.place === gone || one.place === known || /^[\w-]+\/[\w-]+\/[\w-]*$/.test(one.place)).toBe(
          true,
        );
        expect(one.place.length).toBeLessThanOrEqual(maxPlaceBytes);
        for (const share of [one.x, one.y]) expect(share === partOf(share / pointerParts)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['nothing', new Uint8Array()],
    ['a place that ends too early', new Uint8Array([9, 97])],
    ['no second coordinate', bytesOf('a/b/', 1)],
    ['a position past the end of the cell', bytesOf('a/b/', 1, pointerParts + 1)],
    [
      'a coordinate that is too large for a number',
      new Uint8Array([...bytesOf('a/b/', 1), ...Array<number>(12).fill(255)]),
    ],
    ['a place of two ids', bytesOf('a/b', 1, 2)],
    ['a place of four ids', bytesOf('a/b/c/d', 1, 2)],
    ['a place whose letters take more bytes when it is encoded again', bytesOf(`${'é'.repeat(90)}/b/`, 1, 2)],
    ['a canvas without a second number', canvasBytes(1)],
    ['a position above the range of a canvas', canvasBytes(canvasReach + 1, 0)],
    ['a position below the range of a canvas', canvasBytes(0, -canvasReach - 1)],
    [
      'a coordinate on a canvas that is too large for a number',
      new Uint8Array([...canvasBytes(1), ...Array<number>(12).fill(255)]),
    ],
    ['two canvases', bytesOf('~~', 1, 2)],
    ['a place that is too long', bytesOf(`${'a'.repeat(maxPlaceBytes)}/b/`, 1, 2)],
  ])('are rejected: %s', (_what, bytes) => {
    expect(() => read(bytes, 'x/y/z')).toThrow();
  });

  test('are not read past the end of a frame inside a larger buffer', () => {
    const buffer = new Uint8Array([1, gone.charCodeAt(0)]);
    expect(() => read(buffer.subarray(0, 1))).toThrow();
    expect(read(buffer)).toEqual({ place: gone, x: 0, y: 0 });
  });
});
