import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Frame } from '../../../server/live/socket/wire.ts';
import {
  controlPacket,
  deniedPacket,
  encodeEntry,
  presencePacket,
  quietPacket,
  step1Packet,
  step2Packet,
  updatePacket,
} from '../../../server/live/socket/packets.ts';
import { isEmptyUpdate, readFrame } from '../../../server/live/socket/wire.ts';
import type { HandNumber } from './hand-update.ts';
import { notANumber, pastAllNumbers } from './hand-update.ts';

const payload = new Uint8Array([1, 2, 3]);
const frames: readonly [string, Uint8Array, Frame][] = [
  ['sync step 1', bodyOf(step1Packet(payload)), { kind: 'step1', stateVector: payload }],
  ['sync step 2', bodyOf(step2Packet(payload)), { kind: 'changes', update: payload, isStep2: true }],
  ['an update', bodyOf(updatePacket(payload)), { kind: 'changes', update: payload, isStep2: false }],
  [
    'presence',
    bodyOf(presencePacket([encodeEntry(2 ** 32 - 1, 5, '{"å":1}'), encodeEntry(7, 0, 'null')])),
    {
      kind: 'presence',
      entries: [
        { client: 2 ** 32 - 1, clock: 5, json: new TextEncoder().encode('{"å":1}') },
        { client: 7, clock: 0, json: new TextEncoder().encode('null') },
      ],
    },
  ],
  ['a presence request', new Uint8Array([3]), { kind: 'presence-query' }],
];

/** The body of a packet, without its WebSocket header. */
function bodyOf(packet: Uint8Array): Uint8Array {
  const length = packet[1] ?? 0;
  const header = length < 126 ? 2 : length === 126 ? 4 : 10;
  return new Uint8Array(packet.subarray(header));
}

const someone = encodeEntry(1, 1, '{}');

function entryOf(client: HandNumber, clock: HandNumber): Uint8Array {
  const bytes = (number: HandNumber) => (typeof number === 'number' ? [number] : number);
  return bodyOf(presencePacket([Uint8Array.from([...bytes(client), ...bytes(clock), 2, 123, 125])]));
}

describe('W1 frames', () => {
  test.each([0, 1, 120, 121, 122, 65_529, 65_530, 65_531, 1 << 20])(
    'W1 an update of %i bytes is one final binary WebSocket frame, its length as RFC 6455 defines it',
    (length) => {
      const packet = updatePacket(new Uint8Array(length).fill(7));
      const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
      const body = bodyOf(packet);
      expect(packet[0]).toBe(0x82);
      if (body.length < 126) expect(packet[1]).toBe(body.length);
      else if (body.length < 65_536) expect([packet[1], view.getUint16(2)]).toEqual([126, body.length]);
      else expect([packet[1], view.getBigUint64(2)]).toEqual([127, BigInt(body.length)]);
      const frame = readFrame(body);
      expect(frame?.kind === 'changes' && frame.update.length).toBe(length);
      expect(frame?.kind === 'changes' && frame.update.every((byte) => byte === 7)).toBe(true);
    },
  );

  test.each(frames)('W1 %s is read as it was written', (_, bytes, frame) => {
    expect(readFrame(bytes)).toEqual(frame);
  });

  test.each(frames)('W2 %s is malformed if it is cut anywhere or has extra bytes', (_, bytes) => {
    for (let end = 0; end < bytes.length; end++) expect(readFrame(bytes.slice(0, end))).toBeNull();
    expect(readFrame(new Uint8Array([...bytes, 0]))).toBeNull();
  });

  test.each([
    ['a message only for the server to send', bodyOf(deniedPacket('observer'))],
    ['a control frame', bodyOf(controlPacket({ kind: 'saved', frames: 1 }))],
    ['an unknown kind', new Uint8Array([99, 0])],
    ['an unknown kind of sync', new Uint8Array([0, 3, 0])],
    ['a length beyond the end', new Uint8Array([0, 2, 255, 255, 255, 255, 255, 255, 255, 127])],
    ['a number above all numbers', new Uint8Array([0, 2, ...Array<number>(30).fill(255)])],
    ['more entries than bytes', new Uint8Array([1, 2, 255, 127])],
    ['an entry with a client id above the limit', bodyOf(presencePacket([encodeEntry(2 ** 32, 1, '{}')]))],
    ['an entry with a clock above the limit', bodyOf(presencePacket([encodeEntry(1, 2 ** 31, '{}')]))],
    ['an entry with a client id above all numbers', entryOf(pastAllNumbers, 1)],
    ['an entry with a clock above all numbers', entryOf(1, pastAllNumbers)],
    ['an entry with NaN as its clock', entryOf(1, notANumber)],
    ['too many presence entries', bodyOf(presencePacket(Array<Uint8Array>(20_001).fill(someone)))],
    ['nothing', new Uint8Array()],
  ])('W2 %s from a client is malformed', (_, bytes) => {
    expect(readFrame(bytes)).toBeNull();
  });

  test('W2 no bytes make the reader throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        readFrame(bytes);
        readFrame(new Uint8Array([0, ...bytes]));
        readFrame(new Uint8Array([1, bytes.length, ...bytes]));
      }),
    );
  });

  test('W7 the quiet frame has no entry, and an empty update is recognised by its bytes', () => {
    expect([...bodyOf(quietPacket)]).toEqual([1, 1, 0]);
    expect(isEmptyUpdate(new Uint8Array([0, 0]))).toBe(true);
    expect(isEmptyUpdate(new Uint8Array([0, 1]))).toBe(false);
  });
});
