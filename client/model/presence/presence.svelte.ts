import type { Awareness } from 'y-protocols/awareness';
import type { CellAt } from '$shared/collections/card.ts';
import { cellKey } from '$shared/collections/card.ts';
import { isEqual } from '$shared/schema/equal.ts';
import type { Surface } from '$shared/wire/pointer.ts';
import { canvas, gone, partOf, pointerParts, surfaceOf, unitOf } from '$shared/wire/pointer.ts';
import type { Presence } from '$shared/wire/presence.ts';
import { parsePresence } from '$shared/wire/presence.ts';
import type { Pointers } from './pointers.ts';
import type { Entry, Visitor } from '../store/entries.svelte.ts';

/** A person's pointer on the map. */
export interface MapPointer {
  readonly surface: 'map';
  readonly person: string;
  /** The key of the cell (`cellKey`). */
  readonly cell: string;
  /** Position in the cell, as shares (0 to 1) from its start edge and its top. */
  readonly x: number;
  readonly y: number;
}

/** A person's pointer on a canvas. */
export interface CanvasPointer {
  readonly surface: 'canvas';
  readonly person: string;
  /** Whole units of the canvas, measured from its origin. */
  readonly x: number;
  readonly y: number;
}

export type RemotePointer = MapPointer | CanvasPointer;

/** Receives a socket's pointer; null if it has none on this surface. A person with two tabs has two sockets. */
type PointerListener<S extends Surface> = (
  client: number,
  pointer: Extract<RemotePointer, { surface: S }> | null,
) => void;

/** The position of our own pointer: in shares (0 to 1) of a cell of the map, or in units of a canvas. */
type OwnPointer =
  | { readonly surface: 'map'; readonly cell: CellAt; readonly x: number; readonly y: number }
  | { readonly surface: 'canvas'; readonly x: number; readonly y: number };

const nowhere = { place: gone, x: 0, y: 0 };

/** The carets of others in one text. */
export interface RemoteCaret {
  readonly client: number;
  readonly person: string;
  readonly field: string;
  readonly anchor: string;
  readonly head: string;
}

/** The presence that this page sends. Pointers are sent in separate frames. What it does not give has its default. */
type Own = Partial<Omit<Presence, 'cursor'>>;

/** Receives each state of another socket, and the one before; null if there is none. */
export type PeerListener = (client: number, now: Presence | null, before: Presence | null) => void;

/** The entry of a record by the name of its collection; null if there is no such collection. */
type EntryOf = (collection: string, id: string) => Entry<unknown> | null;

/**
 * The people on the board and where they are. Facts that change seldom (person, view, record) are signals. Pointers
 * move often and go straight to the component that draws them.
 */
export class PresenceModel {
  /** The ids of the people with a socket on this board, including this person, in a stable order. */
  people: readonly string[] = $state.raw([]);
  /**
   * The last known presence of each of the others, and of this person's other pages: without pointer and caret, which
   * change too often. Of several pages of a person, the one that changed last counts; a hand or a done mark counts on
   * any of them.
   */
  where: ReadonlyMap<string, Presence> = $state.raw(new Map());
  carets: readonly RemoteCaret[] = $state.raw([]);

  readonly #awareness: Awareness;
  readonly #pointers: Pointers;
  readonly #self: string;
  readonly #entryOf: EntryOf;
  readonly #peers = new Map<number, Presence>();
  readonly #pointerListeners = new Set<(client: number, pointer: RemotePointer | null) => void>();
  readonly #peerListeners = new Set<PeerListener>();
  #mine: Own = { view: '', at: null, cell: null, follows: null, typing: null };

  constructor(awareness: Awareness, pointers: Pointers, self: string, entryOf: EntryOf) {
    this.#awareness = awareness;
    this.#pointers = pointers;
    this.#self = self;
    this.#entryOf = entryOf;
    this.#mine = { ...this.#mine, person: self };
    awareness.setLocalState(this.#mine);
    this.people = [self];
    pointers.listen((client) => this.#tellPointer(client));
    awareness.on(
      'change',
      ({ added, updated, removed }: Record<'added' | 'updated' | 'removed', number[]>) => {
        for (const client of [...added, ...updated])
          this.#receive(client, parsePresence(awareness.getStates().get(client)));
        for (const client of removed) this.#receive(client, null);
        this.#gather();
      },
    );
  }

  /** Sends this person's presence, except for the pointer. */
  setState(change: Partial<Own>): void {
    this.#mine = { ...this.#mine, ...change };
    this.#awareness.setLocalState(this.#mine);
  }

  /** Calls the listener for each state of another socket from now on. Returns a function that stops it. */
  onPeer(listener: PeerListener): () => void {
    this.#peerListeners.add(listener);
    return () => this.#peerListeners.delete(listener);
  }

  /** The state of another socket, by its awareness client id. */
  peer(client: number): Presence | null {
    return this.#peers.get(client) ?? null;
  }

  /** Sends the position of this person's pointer; null if it is on no surface. */
  point(at: OwnPointer | null): void {
    if (at?.surface === 'map')
      this.#pointers.send({ place: cellKey(at.cell), x: partOf(at.x), y: partOf(at.y) });
    else this.#pointers.send(at ? { place: canvas, x: unitOf(at.x), y: unitOf(at.y) } : nowhere);
  }

  /**
   * Calls the listener for each move of others' pointers on a surface, and when they leave it. Returns a function that
   * stops it.
   */
  onPointer<S extends Surface>(surface: S, listener: PointerListener<S>): () => void {
    const notify = (client: number, pointer: RemotePointer | null) =>
      listener(client, isOn(surface, pointer) ? pointer : null);
    this.#pointerListeners.add(notify);
    for (const client of this.#peers.keys()) notify(client, this.#pointerOf(client));
    return () => this.#pointerListeners.delete(notify);
  }

  #receive(client: number, presence: Presence | null): void {
    if (client === this.#awareness.clientID) return;
    const before = this.#peers.get(client) ?? null;
    // What has changed comes last. An idle page repeats its state.
    if (!presence || (before && !isEqual(before, presence))) this.#peers.delete(client);
    if (presence) this.#peers.set(client, presence);
    else this.#pointers.drop(client);
    if (before?.at?.id !== presence?.at?.id || (before?.typing === null) !== (presence?.typing === null)) {
      for (const at of [before?.at, presence?.at]) if (at) this.#revisit(at);
    }
    this.#tellPointer(client);
    for (const listener of this.#peerListeners) listener(client, presence, before);
  }

  #tellPointer(client: number): void {
    const pointer = this.#pointerOf(client);
    for (const listener of this.#pointerListeners) listener(client, pointer);
  }

  #pointerOf(client: number): RemotePointer | null {
    const presence = this.#peers.get(client);
    if (!presence || presence.person === this.#self) return null;
    const { person, cursor } = presence;
    const pointer = this.#pointers.of(client);
    if (pointer) {
      const { place, x, y } = pointer;
      const surface = surfaceOf(place);
      if (surface === 'canvas') return { surface, person, x, y };
      return surface && { surface, person, cell: place, x: x / pointerParts, y: y / pointerParts };
    }
    return cursor && { surface: 'map', person, cell: cellKey(cursor), x: cursor.x, y: cursor.y };
  }

  /** Updates the visitors of one record. Costs one step per person, not one per record. */
  #revisit(at: { in: string; id: string }): void {
    const visitors: Visitor[] = [];
    for (const presence of this.#peers.values()) {
      if (presence.at?.id !== at.id || presence.person === this.#self) continue;
      if (!visitors.some((one) => one.person === presence.person)) {
        visitors.push({ person: presence.person, typing: presence.typing?.id === at.id });
      }
    }
    const entry = this.#entryOf(at.in, at.id);
    if (entry) entry.visitors = visitors;
  }

  /** Updates the lists, but only if they differ. */
  #gather(): void {
    const people = new Set([this.#self]);
    const where = new Map<string, Presence>();
    const carets: RemoteCaret[] = [];
    for (const [client, peer] of this.#peers) {
      const { person, typing } = peer;
      if (person === '') continue;
      people.add(person);
      where.set(person, withMarks(peer, where.get(person)));
      if (typing) {
        carets.push({
          client,
          person,
          field: `${typing.in}/${typing.id}/${typing.field}`,
          anchor: typing.anchor,
          head: typing.head,
        });
      }
    }
    const list = [...people].sort();
    if (!sameItems(list, this.people)) this.people = list;
    if (!sameCarets(carets, this.carets)) this.carets = carets;
    if (!sameWhere(where, this.where)) this.where = where;
  }
}

function isOn<S extends Surface>(
  surface: S,
  pointer: RemotePointer | null,
): pointer is Extract<RemotePointer, { surface: S }> {
  return pointer?.surface === surface;
}

function sameItems(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, i) => one === b[i]);
}

function sameCarets(a: readonly RemoteCaret[], b: readonly RemoteCaret[]): boolean {
  return (
    a.length === b.length &&
    a.every(
      (one, i) =>
        one.client === b[i]?.client &&
        one.head === b[i].head &&
        one.anchor === b[i].anchor &&
        one.field === b[i].field,
    )
  );
}

function sameWhere(a: ReadonlyMap<string, Presence>, b: ReadonlyMap<string, Presence>): boolean {
  return a.size === b.size && [...a].every(([person, one]) => isEqual(one, b.get(person)));
}

/** The presence of a person, with the earliest hand and the done mark of another page of theirs. */
function withMarks(presence: Presence, other: Presence | undefined): Presence {
  const still = { ...presence, typing: null, cursor: null, reaction: null };
  if (!other) return still;
  const hands = [presence.hand, other.hand].filter((hand) => hand !== null);
  return {
    ...still,
    hand: hands.length > 0 ? Math.min(...hands) : null,
    done: presence.done ?? other.done,
    lowers: [...other.lowers, ...presence.lowers],
  };
}
