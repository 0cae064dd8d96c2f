import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Awareness, applyAwarenessUpdate } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { Pointers } from '../../client/model/presence/pointers.ts';
import type { RemotePointer } from '../../client/model/presence/presence.svelte.ts';
import { PresenceModel } from '../../client/model/presence/presence.svelte.ts';
import { Entry } from '../../client/model/store/entries.svelte.ts';
import type { Pointer } from '../../shared/wire/pointer.ts';
import { canvas, canvasReach, gone, readPointer, writePointer } from '../../shared/wire/pointer.ts';
import { frameKind } from '../../shared/wire/protocol.ts';

const [ben, cleo] = [11, 12];
const cell = { lane: 'l', phase: 'p', step: null };

let sent: Uint8Array[];
let isThere: boolean;
let pointers: Pointers;

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  isThere = true;
  pointers = new Pointers((frame) => {
    if (isThere) sent.push(frame);
    return isThere;
  });
});

afterEach(() => {
  pointers.close();
  vi.useRealTimers();
});

/** Decodes frames like a server that knows the place of the last one. */
function read(frames: readonly Uint8Array[], known: string | null = null): (Pointer | null)[] {
  let place = known;
  return frames.map((frame) => {
    const decoder = decoding.createDecoder(frame);
    expect(decoding.readVarUint(decoder)).toBe(frameKind.pointer);
    const pointer = readPointer(decoder, place);
    expect(decoding.hasContent(decoder)).toBe(false);
    place = pointer?.place ?? place;
    return pointer;
  });
}

/** A server's frame without its kind: client ids with pointers, and whether each has its place. */
function frame(...said: readonly (readonly [number, Pointer, boolean?])[]): decoding.Decoder {
  return decoding.createDecoder(
    encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, said.length);
      for (const [client, pointer, isPlaceKnown] of said) {
        encoding.writeVarUint(encoder, client);
        writePointer(encoder, pointer, isPlaceKnown ?? false);
      }
    }),
  );
}

describe("Ana's own pointer", () => {
  test('is sent at most 20 times a second while it moves, and not at rest', () => {
    for (let ms = 0; ms < 1_000; ms += 5) {
      pointers.send({ place: 'l/p/', x: ms, y: 0 });
      vi.advanceTimersByTime(5);
    }
    vi.advanceTimersByTime(100);
    expect(sent.length).toBeGreaterThanOrEqual(19);
    expect(sent.length).toBeLessThanOrEqual(21);
    expect(read(sent).at(-1)).toEqual({ place: 'l/p/', x: 995, y: 0 });

    sent = [];
    pointers.send({ place: 'l/p/', x: 995, y: 0 });
    vi.advanceTimersByTime(60_000);
    expect(sent).toEqual([]);
  });

  test('is sent with its place if the place is new; a move within it takes six bytes', () => {
    for (const pointer of [
      { place: 'l/p/', x: 1, y: 1 },
      { place: 'l/p/', x: 9_999, y: 9_999 },
      { place: 'l/q/s', x: 1, y: 1 },
    ]) {
      pointers.send(pointer);
      vi.advanceTimersByTime(50);
    }
    expect(read(sent).map((one) => one?.place)).toEqual(['l/p/', 'l/p/', 'l/q/s']);
    expect(sent[1]).toHaveLength(6);
  });

  test('is sent with its place again on a new socket; moves made offline are not sent later', () => {
    pointers.send({ place: 'l/p/', x: 1, y: 1 });
    isThere = false;
    pointers.renew();
    pointers.send({ place: 'l/p/', x: 2, y: 2 });
    vi.advanceTimersByTime(50);
    isThere = true;
    sent = [];
    vi.advanceTimersByTime(1_000);
    expect(sent).toEqual([]);
    pointers.send({ place: 'l/p/', x: 3, y: 3 });
    vi.advanceTimersByTime(50);
    expect(read(sent)).toEqual([{ place: 'l/p/', x: 3, y: 3 }]);
  });

  test('sends one leave message when it leaves the map, and none if it was never there', () => {
    pointers.send({ place: gone, x: 0, y: 0 });
    vi.advanceTimersByTime(50);
    expect(sent).toEqual([]);
    pointers.send({ place: 'l/p/', x: 1, y: 1 });
    pointers.send({ place: gone, x: 0, y: 0 });
    vi.advanceTimersByTime(50);
    pointers.send({ place: gone, x: 0, y: 0 });
    vi.advanceTimersByTime(50);
    expect(read(sent).map((one) => one?.place)).toEqual(['l/p/', gone]);
  });
});

describe("others' pointers", () => {
  let awareness: Awareness;
  let presence: PresenceModel;
  let seen: Map<number, RemotePointer | null>;
  const clocks = new Map<number, number>();

  beforeEach(() => {
    const doc = new Y.Doc();
    awareness = new Awareness(doc);
    presence = new PresenceModel(awareness, pointers, 'ana', () => new Entry('x'));
    seen = new Map();
    presence.onPointer('map', (client, pointer) => seen.set(client, pointer));
  });

  afterEach(() => awareness.destroy());

  /** Receives a person's presence from the server; null when they leave. */
  function hear(client: number, state: object | null): void {
    const clock = (clocks.get(client) ?? 0) + 1;
    clocks.set(client, clock);
    const update = encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, 1);
      encoding.writeVarUint(encoder, client);
      encoding.writeVarUint(encoder, clock);
      encoding.writeVarString(encoder, JSON.stringify(state));
    });
    applyAwarenessUpdate(awareness, update, null);
  }

  test('stay at their last place when presence is repeated', () => {
    hear(ben, { person: 'ben' });
    hear(cleo, { person: 'cleo' });
    pointers.receive(
      frame([ben, { place: 'l/p/', x: 5_000, y: 0 }], [cleo, { place: 'l/q/s', x: 1, y: 10_000 }]),
    );
    pointers.receive(frame([ben, { place: 'l/p/', x: 2_500, y: 7_500 }, true]));
    expect(seen.get(ben)).toEqual({ surface: 'map', person: 'ben', cell: 'l/p/', x: 0.25, y: 0.75 });
    expect(seen.get(cleo)).toEqual({ surface: 'map', person: 'cleo', cell: 'l/q/s', x: 0.0001, y: 1 });
  });

  test('disappear when they leave the map or the person leaves, not when the person changes the view', () => {
    const here = { place: 'l/p/', x: 1, y: 1 };
    hear(ben, { person: 'ben' });
    pointers.receive(frame([ben, here]));
    pointers.receive(frame([ben, { ...here, place: gone }]));
    expect(seen.get(ben)).toBeNull();
    pointers.receive(frame([ben, here]));
    for (const view of ['ideas', 'map', 'of tomorrow']) {
      hear(ben, { person: 'ben', view });
      expect(seen.get(ben)).toMatchObject({ cell: 'l/p/' });
    }
    hear(ben, null);
    expect(seen.get(ben)).toBeNull();
    hear(ben, { person: 'ben' });
    expect(seen.get(ben)).toBeNull();
  });

  test('that move to another surface are reported to both surfaces', () => {
    const drawn = new Map<number, RemotePointer | null>();
    const stop = presence.onPointer('canvas', (client, pointer) => drawn.set(client, pointer));
    hear(ben, { person: 'ben' });
    pointers.receive(frame([ben, { place: 'l/p/', x: 1, y: 1 }]));
    expect([seen.get(ben)?.surface, drawn.get(ben)]).toEqual(['map', null]);
    pointers.receive(frame([ben, { place: canvas, x: -1_200, y: 340 }]));
    expect(seen.get(ben)).toBeNull();
    expect(drawn.get(ben)).toEqual({ surface: 'canvas', person: 'ben', x: -1_200, y: 340 });
    const late = vi.fn();
    presence.onPointer('canvas', late);
    expect(late).toHaveBeenCalledExactlyOnceWith(ben, drawn.get(ben));
    stop();
    pointers.receive(frame([ben, { place: 'l/p/', x: 2, y: 2 }]));
    expect([seen.get(ben)?.x, drawn.get(ben)?.x]).toEqual([0.0002, -1_200]);
  });

  test("that arrive before the person's presence are shown once it arrives", () => {
    pointers.receive(frame([ben, { place: 'l/p/', x: 1, y: 1 }]));
    expect(seen.get(ben)).toBeNull();
    hear(ben, { person: 'ben' });
    expect(seen.get(ben)).toMatchObject({ person: 'ben', cell: 'l/p/' });
  });

  test('are passed to listeners that are added later', () => {
    hear(ben, { person: 'ben' });
    pointers.receive(frame([ben, { place: 'l/p/', x: 1, y: 1 }]));
    const late = vi.fn();
    presence.onPointer('map', late);
    expect(late).toHaveBeenCalledExactlyOnceWith(ben, expect.objectContaining({ cell: 'l/p/' }));
  });

  test('are hidden on a new socket until their place arrives', () => {
    hear(ben, { person: 'ben' });
    pointers.receive(frame([ben, { place: 'l/p/', x: 1, y: 1 }]));
    pointers.renew();
    seen.clear();
    pointers.receive(frame([ben, { place: 'l/p/', x: 2, y: 2 }, true]));
    expect(seen.has(ben)).toBe(false);
    pointers.receive(frame([ben, { place: 'l/p/', x: 2, y: 2 }]));
    expect(seen.get(ben)).toMatchObject({ cell: 'l/p/', x: 0.0002 });
  });

  test('of a stock client are read from its presence', () => {
    hear(ben, { person: 'ben', cursor: { ...cell, x: 0.5, y: 0.25 } });
    expect(seen.get(ben)).toEqual({ surface: 'map', person: 'ben', cell: 'l/p/', x: 0.5, y: 0.25 });
    hear(ben, { person: 'ben', cursor: null });
    expect(seen.get(ben)).toBeNull();
  });

  test("do not include Ana's own from another window", () => {
    hear(ben, { person: 'ana' });
    pointers.receive(frame([ben, { place: 'l/p/', x: 1, y: 1 }]));
    expect(seen.get(ben)).toBeNull();
  });

  test('in damaged frames cause no error; those before the damage are shown', () => {
    hear(ben, { person: 'ben' });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (noise) => {
        const moved = frame([ben, { place: 'l/p/', x: 3, y: 4 }]).arr;
        const bytes = new Uint8Array([2, ...moved.subarray(1), cleo, ...noise]);
        pointers.receive(decoding.createDecoder(bytes));
        pointers.receive(decoding.createDecoder(noise));
        pointers.receive(frame([ben, { place: 'l/p/', x: 3, y: 4 }]));
        expect(seen.get(ben)).toEqual({ surface: 'map', person: 'ben', cell: 'l/p/', x: 0.0003, y: 0.0004 });
      }),
    );
  });

  test("Ana's own presence holds no pointer, and is not sent again when it moves", () => {
    presence.setState({ view: 'map' });
    const before = awareness.meta.get(awareness.clientID)?.clock;
    presence.point({ surface: 'map', cell, x: 0.5, y: 2 });
    vi.advanceTimersByTime(50);
    expect(read(sent)).toEqual([{ place: 'l/p/', x: 5_000, y: 10_000 }]);
    sent = [];
    presence.point({ surface: 'canvas', x: -10.6, y: 2e9 });
    vi.advanceTimersByTime(50);
    expect(read(sent)).toEqual([{ place: canvas, x: -11, y: canvasReach }]);
    presence.point(null);
    vi.advanceTimersByTime(50);
    expect(read(sent.slice(1))).toEqual([{ place: gone, x: 0, y: 0 }]);
    expect(awareness.meta.get(awareness.clientID)?.clock).toBe(before);
    expect(awareness.getLocalState()).not.toHaveProperty('cursor');
  });
});
