import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { maxPresenceBytes } from '../../../shared/limits.ts';
import { readPointer, writePointer } from '../../../shared/wire/pointer.ts';
import type { Pointer } from '../../../shared/wire/pointer.ts';
import { newCounters } from '../../../server/live/counters.ts';
import {
  graceMs,
  maxClientIds,
  maxClientIdsEver,
  maxNewsInFrame,
  presenceMs,
  renewMs,
} from '../../../server/live/limits.ts';
import type { Moves } from '../../../server/live/presence/presence.ts';
import { Presence } from '../../../server/live/presence/presence.ts';
import type { Connection } from '../../../server/live/socket/connection.ts';
import type { Packet } from '../../../server/live/socket/packets.ts';
import { readFrame } from '../../../server/live/socket/wire.ts';
import { FakeClock } from './fake-clock.ts';

// Presence without sockets and rooms. presence.test.ts tests the same rules with clients.

interface Entry {
  readonly client: number;
  readonly clock: number;
  readonly state: unknown;
}

/** The entries of a packet, without its WebSocket header. */
function entriesOf(packet: Packet | null): Entry[] {
  if (packet === null) return [];
  const frame = readFrame(packet.subarray(packet[1] === 126 ? 4 : 2));
  if (frame?.kind !== 'presence') throw new Error('no presence');
  return frame.entries.map(({ client, clock, json }) => ({
    client,
    clock,
    state: JSON.parse(Buffer.from(json).toString()) as unknown,
  }));
}

/** A person's connection: what presence needs of it, and what presence sent to it. */
function connect(person: string) {
  const sent: Entry[] = [];
  const charged = { presence: 0, work: 0 };
  const connection = {
    membership: { person },
    out: { send: (packet: Packet) => void sent.push(...entriesOf(packet)) },
    charge: (of: 'presence' | 'work', amount: number) => void (charged[of] += amount),
  };
  return { connection: connection as unknown as Connection, sent, charged };
}

type Client = ReturnType<typeof connect>;

let clock: FakeClock;
let presence: Presence;
let counters: ReturnType<typeof newCounters>;
let sent: Moves[];
let claimed: string[];

beforeEach(() => {
  clock = new FakeClock();
  counters = newCounters();
  sent = [];
  claimed = [];
  presence = new Presence(
    { clock, counters },
    { send: (moves) => sent.push(moves), claimed: (client, person) => claimed.push(`${client} ${person}`) },
  );
});

const json = (state: unknown) => new TextEncoder().encode(JSON.stringify(state));

/** Receives entries as `[client, clock, state]`. A null state is a farewell. */
function says({ connection }: Client, ...entries: readonly [number, number, unknown][]): boolean {
  return presence.receive(
    connection,
    entries.map(([client, clock, state]) => ({ client, clock, json: json(state) })),
  );
}

function points({ connection }: Client, pointer: Pointer, isKnown = false): boolean {
  const encoder = encoding.createEncoder();
  writePointer(encoder, pointer, isKnown);
  return presence.receivePointer(connection, decoding.createDecoder(encoding.toUint8Array(encoder)));
}

/** The entries sent since the last call, after the pause between two frames. */
function heard(): Entry[] {
  clock.advance(2 * presenceMs);
  return sent.splice(0).flatMap(({ states }) => entriesOf(states));
}

const here = () => entriesOf(presence.whole().states);
const echoes = () => counters.presenceEchoes;

describe('a slot', () => {
  test('has the latest state of its client, stamped with the person, and claims the client id', () => {
    const ana = connect('ana');
    expect(says(ana, [1, 1, { cursor: 0 }])).toBe(true);
    expect(heard()).toEqual([{ client: 1, clock: 1, state: { cursor: 0, person: 'ana' } }]);
    says(ana, [1, 2, { person: 'ben' }]);
    says(ana, [1, 5, { at: 'idea' }]);
    expect(heard().at(-1)).toEqual({ client: 1, clock: 5, state: { at: 'idea', person: 'ana' } });
    expect(here()).toEqual([{ client: 1, clock: 5, state: { at: 'idea', person: 'ana' } }]);
    expect([presence.claims(), new Set(claimed)]).toEqual([[[1, 'ana']], new Set(['1 ana'])]);
  });

  test('is not changed by an older or equal clock, or by a state that is not an object', () => {
    const ana = connect('ana');
    says(ana, [1, 3, { cursor: 3 }]);
    heard();
    expect(says(ana, [1, 3, { cursor: 9 }], [1, 2, { cursor: 9 }])).toBe(true);
    expect(echoes()).toBe(2);
    for (const [n, state] of ['text', 7, true, []].entries())
      expect(says(ana, [1, 4 + n, state])).toBe(false);
    expect(heard()).toEqual([]);
    expect(here()).toEqual([{ client: 1, clock: 3, state: { cursor: 3, person: 'ana' } }]);
  });

  test('ignores a state that is too large, and accepts the next one', () => {
    const ana = connect('ana');
    expect(says(ana, [1, 1, { text: 'x'.repeat(maxPresenceBytes) }])).toBe(true);
    expect([heard(), here()]).toEqual([[], []]);
    says(ana, [1, 2, {}]);
    expect(heard()).toEqual([{ client: 1, clock: 2, state: { person: 'ana' } }]);
  });

  test('belongs to one person: others can neither change nor end it', () => {
    const [ana, ben] = [connect('ana'), connect('ben')];
    says(ana, [1, 1, {}]);
    heard();
    says(ben, [1, 9, { cursor: 'elsewhere' }], [1, 9, null]);
    expect([heard(), here(), echoes()]).toEqual([[], [{ client: 1, clock: 1, state: { person: 'ana' } }], 2]);
  });

  test('ends with a farewell, and its client id stays the person’s', () => {
    const [ana, ben] = [connect('ana'), connect('ben')];
    says(ana, [1, 1, {}]);
    says(ana, [1, 1, null]);
    expect(heard().at(-1)).toEqual({ client: 1, clock: 1, state: null });
    expect([here(), presence.claims()]).toEqual([[], []]);
    says(ben, [1, 2, {}]);
    expect(here()).toEqual([]);
    says(ana, [1, 2, {}]);
    expect(here()).toEqual([{ client: 1, clock: 2, state: { person: 'ana' } }]);
  });

  test('moves to another socket of the same person with a newer state, and not back with an older one', () => {
    const [first, second] = [connect('ana'), connect('ana')];
    says(first, [1, 1, { tab: 1 }]);
    says(second, [1, 1, { tab: 2 }]);
    expect(here()[0]?.state).toEqual({ tab: 1, person: 'ana' });
    says(second, [1, 2, { tab: 2 }]);
    says(first, [1, 2, { tab: 1 }]);
    expect(here()).toEqual([{ client: 1, clock: 2, state: { tab: 2, person: 'ana' } }]);
    presence.leave(first.connection, true);
    expect(here()).toHaveLength(1);
  });

  test('counts against the limits of its socket, at a time and in total', () => {
    const ana = connect('ana');
    for (let client = 1; client <= maxClientIds + 2; client++) says(ana, [client, 1, {}]);
    expect(here().map(({ client }) => client)).toEqual(Array.from({ length: maxClientIds }, (_, n) => n + 1));
    for (let client = 1; client <= 2 * maxClientIdsEver; client++) {
      const [oldest] = presence.claims();
      if (oldest) says(ana, [oldest[0], 1, null]);
      says(ana, [1_000 + client, 1, {}]);
    }
    const ever = new Set(claimed).size;
    expect([ever, here().length <= maxClientIds]).toEqual([maxClientIdsEver, true]);
  });
});

describe('a frame', () => {
  test('has a limited number of new entries; echoes are unlimited and cost less', () => {
    const [ana, ben] = [connect('ana'), connect('ben')];
    says(ana, [1, 1, {}]);
    const many = Array.from({ length: 100 }, (): [number, number, unknown] => [1, 1, {}]);
    expect(says(ben, ...many)).toBe(true);
    expect([echoes(), ben.charged.presence]).toEqual([100, 0]);
    const echo = ben.charged.work;
    says(ben, ...Array.from({ length: 100 }, (_, n): [number, number, unknown] => [100 + n, 1, {}]));
    expect(ben.charged.presence).toBe(maxNewsInFrame);
    expect(ben.charged.work - echo).toBeGreaterThan(echo);
  });
});

describe('a socket that closes', () => {
  test('with a farewell ends all its slots at once', () => {
    const ana = connect('ana');
    says(ana, [1, 1, {}], [2, 4, {}]);
    heard();
    presence.leave(ana.connection, true);
    expect(heard()).toEqual([
      { client: 1, clock: 2, state: null },
      { client: 2, clock: 5, state: null },
    ]);
    expect(here()).toEqual([]);
  });

  test('without a farewell keeps its slots for the grace period, then ends them', () => {
    const ana = connect('ana');
    says(ana, [1, 1, {}]);
    heard();
    presence.leave(ana.connection, false);
    clock.advance(graceMs - 3 * presenceMs);
    expect([heard(), here().length]).toEqual([[], 1]);
    clock.advance(presenceMs);
    expect([heard(), here()]).toEqual([[{ client: 1, clock: 2, state: null }], []]);
    expect(clock.timers).toBe(0);
  });

  test('and reconnects within the grace period with the same state is never shown as gone', () => {
    const [first, second] = [connect('ana'), connect('ana')];
    says(first, [1, 3, { cursor: 3 }]);
    heard();
    presence.leave(first.connection, false);
    says(second, [1, 3, { cursor: 3 }]);
    clock.advance(2 * graceMs);
    expect(heard()).toEqual([]);
    expect(here()).toEqual([{ client: 1, clock: 3, state: { cursor: 3, person: 'ana' } }]);
  });

  test('and whose client id another person claims meanwhile keeps its slot', () => {
    const [ana, ben] = [connect('ana'), connect('ben')];
    says(ana, [1, 3, {}]);
    presence.leave(ana.connection, false);
    says(ben, [1, 9, {}]);
    expect(here()).toEqual([{ client: 1, clock: 3, state: { person: 'ana' } }]);
  });

  test('is asked for a newer clock when it reconnects under an old one; soon the others are asked too', () => {
    const [ben, first, second] = [connect('ben'), connect('ana'), connect('ana')];
    says(ben, [2, 7, {}]);
    says(first, [1, 3, {}]);
    presence.leave(first.connection, true);
    ben.sent.length = 0;
    says(second, [1, 2, {}]);
    // Peers know clock 4, the farewell, so they would ignore an older clock.
    expect([second.sent, here().length]).toEqual([[{ client: 1, clock: 4, state: null }], 1]);
    says(second, [1, 5, {}]);
    expect(here()).toContainEqual({ client: 1, clock: 5, state: { person: 'ana' } });
    clock.advance(renewMs);
    expect(ben.sent).toEqual([{ client: 2, clock: 7, state: null }]);
  });
});

describe('outgoing presence', () => {
  test('sends the first state at once, then one frame per tick with the newest states', () => {
    const [ana, ben] = [connect('ana'), connect('ben')];
    says(ana, [1, 1, {}]);
    expect(sent).toHaveLength(1);
    for (let n = 2; n <= 9; n++) says(ana, [1, n, { n }]);
    says(ben, [2, 1, {}]);
    expect(sent).toHaveLength(1);
    clock.advance(presenceMs);
    expect(
      sent.map(({ states }) => entriesOf(states).map(({ client, clock }) => `${client}@${clock}`)),
    ).toEqual([['1@1'], ['1@9', '2@1']]);
    // Ana does not get a frame that has only her own state. A frame with states of two goes to both.
    expect(sent.map(({ author }) => author)).toEqual([ana.connection, null]);
    clock.advance(10 * presenceMs);
    expect([sent.length, clock.timers]).toEqual([2, 0]);
  });

  test('is sent with another frame if it is due soon, and not sent again', () => {
    const ana = connect('ana');
    expect(presence.takeAlong()).toBeNull();
    says(ana, [1, 1, {}]);
    says(ana, [1, 2, {}]);
    expect(presence.takeAlong()).toBeNull();
    clock.advance(presenceMs - 5);
    expect(entriesOf(presence.takeAlong()?.states ?? null).map(({ clock }) => clock)).toEqual([2]);
    clock.advance(10 * presenceMs);
    expect(sent).toHaveLength(1);
  });

  test('includes departures for a reader that missed frames; a new reader gets present people only', () => {
    const [ana, ben] = [connect('ana'), connect('ben')];
    says(ana, [1, 1, {}]);
    says(ben, [2, 1, {}]);
    presence.leave(ben.connection, true);
    expect(here().map(({ client }) => client)).toEqual([1]);
    expect(
      entriesOf(presence.afterGap().states).map(({ client, state }) => [client, state !== null]),
    ).toEqual([
      [1, true],
      [2, false],
    ]);
  });

  test('stops when the room closes', () => {
    const [ana, ben] = [connect('ana'), connect('ben')];
    says(ana, [1, 1, {}]);
    says(ana, [1, 2, {}]);
    says(ben, [2, 1, {}]);
    presence.leave(ben.connection, false);
    presence.close();
    expect(clock.timers).toBe(0);
  });
});

describe('a pointer', () => {
  const at: Pointer = { place: 'lane/phase/', x: 100, y: 200 };

  test('is sent under the client id of its socket, and ignored from a socket without one', () => {
    const ana = connect('ana');
    expect(points(ana, at)).toBe(true);
    expect(presence.whole().pointers).toBeNull();
    says(ana, [7, 1, {}]);
    expect(points(ana, at)).toBe(true);
    clock.advance(2 * presenceMs);
    const packet = sent.flatMap(({ pointers }) => pointers ?? [])[0] ?? new Uint8Array();
    const decoder = decoding.createDecoder(packet.subarray(2));
    const [kind, count, client] = [0, 0, 0].map(() => decoding.readVarUint(decoder));
    expect([kind !== undefined, count, client, readPointer(decoder, null)]).toEqual([true, 1, 7, at]);
  });

  test('ends with its slot', () => {
    const ana = connect('ana');
    says(ana, [7, 1, {}]);
    points(ana, at);
    expect(presence.whole().pointers).not.toBeNull();
    says(connect('ben'), [8, 1, {}]);
    says(ana, [7, 1, null]);
    expect([here().length, presence.whole().pointers]).toEqual([1, null]);
  });
});

test('after random frames and disconnects, each client id has one owner and rising clocks, and no timer is left', () => {
  const act = fc.record({
    who: fc.nat(3),
    client: fc.integer({ min: 1, max: 4 }),
    clock: fc.integer({ min: 1, max: 12 }),
    what: fc.constantFrom('say', 'say', 'say', 'farewell', 'break', 'leave', 'wait'),
  });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      clock = new FakeClock();
      presence = new Presence({ clock, counters }, { send: () => undefined, claimed: () => undefined });
      const people = ['ana', 'ana', 'ben', 'cleo'];
      const sockets = people.map(connect);
      const owner = new Map<number, string>();
      for (const { who, client, clock: at, what } of acts) {
        const person = people[who] ?? '';
        const before = new Map(here().map((entry) => [entry.client, entry]));
        if (what === 'say') says(sockets[who] as Client, [client, at, { at }]);
        else if (what === 'farewell') says(sockets[who] as Client, [client, at, null]);
        else if (what === 'wait') clock.advance(graceMs / 2);
        else {
          presence.leave((sockets[who] as Client).connection, what === 'leave');
          sockets[who] = connect(person);
        }
        for (const entry of here()) {
          const { person: whose } = entry.state as { person: string };
          // A client id has one owner for good, and its clock never goes back while it is present.
          expect(whose).toBe(owner.get(entry.client) ?? whose);
          owner.set(entry.client, whose);
          expect(entry.clock).toBeGreaterThanOrEqual(before.get(entry.client)?.clock ?? 0);
        }
        expect(presence.claims().length).toBe(here().length);
      }
      for (const { connection } of sockets) presence.leave(connection, true);
      clock.advance(2 * graceMs + renewMs);
      expect([here(), clock.timers]).toEqual([[], 0]);
    }),
    { seed: 5, numRuns: 200 },
  );
});
