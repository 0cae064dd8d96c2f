import { setTimeout as pause } from 'node:timers/promises';
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { cards } from '../../shared/collections/card.ts';
import { buildRecord } from '../../shared/schema/collection.ts';
import { maxCardText, maxFrameBytes } from '../../shared/limits.ts';
import { writePointer } from '../../shared/wire/pointer.ts';
import { frameKind, syncKind } from '../../shared/wire/protocol.ts';
import type { Chance } from '../faults/chance.ts';
import { handUpdate } from '../server/live/hand-update.ts';
import { syncFrame } from '../server/live/raw-client.ts';
import { clientFrame, opcode } from '../server/live/tcp-client.ts';
import type { Way } from './line.ts';
import { Line } from './line.ts';

/** What an attack has in addition to its line. It ends when the signal aborts, or when the server closes the line. */
export interface Means {
  readonly chance: Chance;
  readonly way: Way;
  readonly signal: AbortSignal;
}

/** One way to attack through a line. */
export interface Attack {
  readonly name: string;
  /** Whether it leaves something on the board, which affects others there, however slow the attack is. */
  readonly isLasting?: boolean;
  run(line: Line, means: Means): Promise<void>;
}

const nothing = new Uint8Array();
const many = (count: number, make: (i: number) => Uint8Array) =>
  Buffer.concat(Array.from({ length: count }, (_, i) => make(i)));
const repeated = (count: number, frame: Uint8Array) => many(count, () => frame);

/** Sends blocks as fast as the server reads. */
async function flood(line: Line, block: () => Uint8Array): Promise<void> {
  line.read();
  while (line.isOpen) await line.write(block());
}

function steady(name: string, block: Uint8Array, first: Uint8Array = nothing): Attack {
  return {
    name,
    async run(line) {
      await line.write(first);
      await flood(line, () => block);
    },
  };
}

const update = (bytes: Uint8Array) => clientFrame(syncFrame(syncKind.update, bytes));
const step1 = (vector: Uint8Array) => clientFrame(syncFrame(syncKind.step1, vector));
const step2 = (bytes: Uint8Array) => clientFrame(syncFrame(syncKind.step2, bytes));
const emptyAnswer = step2(Uint8Array.of(0, 0));
const more = repeated(2_000, emptyAnswer);

/** A state vector that nobody else has, so that the server cannot reuse its answer. */
const strangeVector = (chance: Chance) =>
  encoding.encode((encoder) => {
    for (const number of [1, 1 + chance.below(2 ** 31), 1]) encoding.writeVarUint(encoder, number);
  });

function presence(client: number, clock: number, bytes: number): Uint8Array {
  const body = encoding.encode((encoder) => {
    for (const number of [1, client, clock]) encoding.writeVarUint(encoder, number);
    encoding.writeVarString(encoder, JSON.stringify({ at: clock, noise: 'x'.repeat(bytes) }));
  });
  return clientFrame(
    encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, frameKind.awareness);
      encoding.writeVarUint8Array(encoder, body);
    }),
  );
}

function pointer(i: number): Uint8Array {
  return clientFrame(
    encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, frameKind.pointer);
      writePointer(encoder, { place: `lane${i % 7}/phase/`, x: i % 10_000, y: 1 }, false);
    }),
  );
}

function forged(edit: (doc: Y.Doc) => void): Uint8Array {
  const doc = new Y.Doc();
  edit(doc);
  return update(Y.encodeStateAsUpdate(doc));
}

const wholeForgeries = [
  forged((doc) => doc.getMap('secrets').set('a', 'b')),
  forged((doc) => doc.getMap(cards.name).set('a', 'a string')),
  forged((doc) => doc.getMap(cards.name).set('a', buildRecord(cards, { author: 'somebody else' }))),
  forged((doc) => doc.getMap(cards.name).set('a', buildRecord(cards, { text: 'x'.repeat(300_000) }))),
  clientFrame(Buffer.from('hello'), { kind: opcode.text }),
  // 350,000 structs in one frame, and one that claims a length of 4 GB.
  update(Buffer.concat([Uint8Array.of(1, 0xb0, 0xae, 0x15, 79, 0), Buffer.alloc(700_000, 1)])),
  Uint8Array.of(0x82, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4),
  // No mask; undefined bits.
  Uint8Array.of(0x82, 1, 3),
  Uint8Array.of(0xf2, 0x81, 1, 2, 3, 4, 5),
];

function forgery(chance: Chance): Uint8Array {
  const which = chance.below(wholeForgeries.length + 2);
  const noise = chance.bytes(1 + chance.below(300));
  return wholeForgeries[which] ?? (which === wholeForgeries.length ? update(noise) : clientFrame(noise));
}

/** Answers of 8 MiB. Built once, to leave the processor to the server. */
const hugeAnswers = [
  () => step2(new Uint8Array(8 << 20).map((_, i) => (i * 2_654_435_761) >>> 24)),
  () => step2(ranges(2_000_000, (i) => 2 * i)),
  () => step2(ranges(1_500_000, (i) => 2 ** 30 + 2 * i)),
].map(once);

function once(make: () => Uint8Array): () => Uint8Array {
  let made: Uint8Array | null = null;
  return () => (made ??= make());
}

function ranges(count: number, clock: (i: number) => number): Uint8Array {
  return encoding.encode((encoder) => {
    for (const number of [0, 1, 5, count]) encoding.writeVarUint(encoder, number);
    for (let i = 0; i < count; i++)
      for (const number of [clock(i), 1]) encoding.writeVarUint(encoder, number);
  });
}

export const attacks: readonly Attack[] = [
  {
    name: 'ever new client ids of what is collected at once',
    isLasting: true,
    async run(line, { chance }) {
      let client = chance.below(2 ** 31);
      const structs = [{ content: { gc: 1 } }];
      await line.write(emptyAnswer);
      await flood(line, () =>
        many(2_000, () => update(handUpdate([{ client: client++, clock: 0, structs }]))),
      );
    },
  },
  {
    name: 'cards as long as they may be',
    isLasting: true,
    async run(line, { chance }) {
      const doc = new Y.Doc();
      const made: Uint8Array[] = [];
      doc.on('update', (bytes: Uint8Array) => made.push(update(bytes)));
      await line.write(emptyAnswer);
      await flood(line, () => {
        doc.transact(() => {
          for (let i = 0; i < 50; i++) {
            const id = `m${chance.below(2 ** 31)}`;
            doc.getMap(cards.name).set(id, buildRecord(cards, { text: 'm'.repeat(maxCardText) }));
          }
        });
        return Buffer.concat(made.splice(0));
      });
    },
  },
  steady('pongs', repeated(10_000, clientFrame(nothing, { kind: opcode.pong }))),
  steady('pings', repeated(500, clientFrame(new Uint8Array(125), { kind: opcode.ping }))),
  {
    name: 'pings, of which the answers are not read',
    async run(line) {
      const block = repeated(500, clientFrame(new Uint8Array(125), { kind: opcode.ping }));
      while (line.isOpen) await line.write(block);
    },
  },
  steady(
    'fragments of a byte',
    repeated(9_000, clientFrame(Uint8Array.of(1), { kind: opcode.continuation, isFinal: false })),
    clientFrame(Uint8Array.of(1), { isFinal: false }),
  ),
  {
    name: 'a frame byte by byte',
    async run(line) {
      const frame = clientFrame(new Uint8Array(maxFrameBytes));
      line.read();
      for (let at = 0; at < frame.length && line.isOpen; at++) {
        await line.write(frame.subarray(at, at + 1));
        if (at % 20 === 0) await pause(1);
      }
    },
  },
  {
    name: 'presence',
    async run(line, { chance }) {
      const client = chance.below(2 ** 31);
      let clock = 1;
      await flood(line, () => many(100, () => presence(client, clock++, 1_500)));
    },
  },
  {
    name: 'pointers',
    run(line, { chance }) {
      let i = 0;
      return line
        .write(presence(chance.below(2 ** 31), 1, 10))
        .then(() => flood(line, () => many(1_000, () => pointer(i++))));
    },
  },
  steady('questions for presence', repeated(9_000, clientFrame(Uint8Array.of(frameKind.queryAwareness)))),
  steady('questions for the state', repeated(3_000, step1(Uint8Array.of(0)))),
  {
    name: 'questions for a part of the state',
    run: (line, { chance }) => flood(line, () => many(500, () => step1(strangeVector(chance)))),
  },
  {
    name: 'questions for a part of the state, of which the answers are not read',
    async run(line, { chance }) {
      const pong = clientFrame(nothing, { kind: opcode.pong });
      while (line.isOpen) {
        await line.write(Buffer.concat([pong, many(20, () => step1(strangeVector(chance)))]));
        await pause(100);
      }
    },
  },
  {
    name: 'forgeries, each on a new socket, and more behind each',
    async run(first, { chance, way, signal }) {
      for (let line = first; !signal.aborted; line = await Line.open(way)) {
        line.read();
        await line.write(Buffer.concat([emptyAnswer, forgery(chance), more]));
        await Promise.race([line.closed(), pause(1_000)]);
        line.close();
      }
    },
  },
  {
    name: 'sockets without end',
    async run(_line, { way, signal }) {
      while (!signal.aborted) {
        const line = await Line.open(way);
        line.close();
        await pause(50);
      }
    },
  },
  {
    name: 'half a handshake',
    async run(_line, { way, signal }) {
      const lines: Line[] = [];
      try {
        for (let i = 0; i < 40 && !signal.aborted; i++) {
          const line = await Line.open(way, false);
          await line.write(Buffer.from(`GET ${way.path} HTTP/1.1\r\nHost: x\r\nUpgr`));
          lines.push(line);
          await pause(50);
        }
        await pause(60_000, undefined, { signal });
      } finally {
        for (const line of lines) line.close();
      }
    },
  },
  {
    name: 'huge answers',
    async run(first, { chance, way, signal }) {
      for (let line = first; !signal.aborted; line = await Line.open(way)) {
        // Any data means that the request has arrived.
        await line.heard();
        await pause(20);
        await line.write(hugeAnswers[chance.below(hugeAnswers.length)]?.() ?? nothing);
        await Promise.race([line.closed(), pause(3_000)]);
        line.close();
      }
    },
  },
  {
    name: 'an answer that never comes to its end',
    async run(line) {
      await line.heard();
      line.read();
      await line.write(
        Buffer.concat([
          Uint8Array.of(0x82, 0xff, 0, 0, 0, 0, 0, 0xf0, 0, 0, 1, 2, 3, 4),
          Buffer.alloc(2 << 20),
        ]),
      );
      while (line.isOpen) {
        await line.write(Buffer.alloc(1_000));
        await pause(100);
      }
    },
  },
];
