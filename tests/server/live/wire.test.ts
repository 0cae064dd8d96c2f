import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Frame } from '../../../server/live/wire.ts';
import {
  controlFrame,
  deniedFrame,
  encodeEntry,
  isEmptyUpdate,
  presenceFrame,
  quietFrame,
  readFrame,
  step1Frame,
  step2Frame,
  updateFrame,
} from '../../../server/live/wire.ts';
import type { HandNumber } from './hand-update.ts';
import { notANumber, pastAllNumbers } from './hand-update.ts';

const payload = new Uint8Array([1, 2, 3]);
const frames: readonly [string, Uint8Array, Frame][] = [
  ['sync step 1', step1Frame(payload), { kind: 'step1', stateVector: payload }],
  ['sync step 2', step2Frame(payload), { kind: 'changes', update: payload, isStep2: true }],
  ['an update', updateFrame(payload), { kind: 'changes', update: payload, isStep2: false }],
  [
    'presence',
    presenceFrame([encodeEntry(2 ** 32 - 1, 5, '{"å":1}'), encodeEntry(7, 0, 'null')]),
    {
      kind: 'presence',
      entries: [
        { client: 2 ** 32 - 1, clock: 5, json: new TextEncoder().encode('{"å":1}') },
        { client: 7, clock: 0, json: new TextEncoder().encode('null') },
      ],
    },
  ],
  ['a question for presence', new Uint8Array([3]), { kind: 'presence-query' }],
];

const someone = encodeEntry(1, 1, '{}');

function entryOf(client: HandNumber, clock: HandNumber): Uint8Array {
  const bytes = (number: HandNumber) => (typeof number === 'number' ? [number] : number);
  return presenceFrame([Uint8Array.from([...bytes(client), ...bytes(clock), 2, 123, 125])]);
}

describe('W1 frames', () => {
  test.each(frames)('W1 %s is read as it is written', (_, bytes, frame) => {
    expect(readFrame(bytes)).toEqual(frame);
  });

  test.each(frames)('W2 %s cut anywhere is none, nor is one with more behind it', (_, bytes) => {
    for (let end = 0; end < bytes.length; end++) expect(readFrame(bytes.slice(0, end))).toBeNull();
    expect(readFrame(new Uint8Array([...bytes, 0]))).toBeNull();
  });

  test.each([
    ['what only the server says', deniedFrame('observer')],
    ['a control frame', controlFrame({ kind: 'saved', frames: 1 })],
    ['an unknown kind', new Uint8Array([99, 0])],
    ['an unknown kind of sync', new Uint8Array([0, 3, 0])],
    ['a length past the end of all', new Uint8Array([0, 2, 255, 255, 255, 255, 255, 255, 255, 127])],
    ['a number past all numbers', new Uint8Array([0, 2, ...Array<number>(30).fill(255)])],
    ['more entries than bytes', new Uint8Array([1, 2, 255, 127])],
    ['an entry of a client id past all ids', presenceFrame([encodeEntry(2 ** 32, 1, '{}')])],
    ['an entry of a clock past all clocks', presenceFrame([encodeEntry(1, 2 ** 31, '{}')])],
    ['an entry of a client id past all numbers', entryOf(pastAllNumbers, 1)],
    ['an entry of a clock past all numbers', entryOf(1, pastAllNumbers)],
    ['an entry of a clock that is no number', entryOf(1, notANumber)],
    ['presence of more than could be present', presenceFrame(Array<Uint8Array>(20_001).fill(someone))],
    ['nothing', new Uint8Array()],
  ])('W2 %s from a client is no frame', (_, bytes) => {
    expect(readFrame(bytes)).toBeNull();
  });

  test('W2 no bytes whatever make the reader throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        readFrame(bytes);
        readFrame(new Uint8Array([0, ...bytes]));
        readFrame(new Uint8Array([1, bytes.length, ...bytes]));
      }),
    );
  });

  test('W7 the quiet frame holds no entry, and an update that says nothing is known by its bytes', () => {
    expect([...quietFrame]).toEqual([1, 1, 0]);
    expect(isEmptyUpdate(new Uint8Array([0, 0]))).toBe(true);
    expect(isEmptyUpdate(new Uint8Array([0, 1]))).toBe(false);
  });
});
