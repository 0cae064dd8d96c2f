import type { Awareness } from 'y-protocols/awareness';
import type { CellAt } from '$shared/collections/card.ts';
import { cellKey } from '$shared/collections/card.ts';
import { gone, partOf, pointerParts } from '$shared/wire/pointer.ts';
import type { Presence } from '$shared/wire/presence.ts';
import { parsePresence } from '$shared/wire/presence.ts';
import type { Pointers } from './pointers.ts';
import type { Entry, Visitor } from '../store/entries.svelte.ts';

/** Someone's pointer on a view. */
export interface RemotePointer {
  readonly person: string;
  /** The key of the cell (`cellKey`). */
  readonly cell: string;
  /** Shares of the cell (0 to 1), from its start edge and from above. */
  readonly x: number;
  readonly y: number;
}

/** A socket's pointer, or null where it has none; a person with two tabs has two sockets. */
type PointerListener = (client: number, pointer: RemotePointer | null) => void;

/** The carets of others in one text. */
export interface RemoteCaret {
  readonly client: number;
  readonly person: string;
  readonly field: string;
  readonly anchor: string;
  readonly head: string;
}

/** What this person says of themselves; pointers go their own way. */
type Own = Omit<Presence, 'cursor'>;

/** The entry of a record by the name of its collection; null where there is no such collection. */
type EntryOf = (collection: string, id: string) => Entry<unknown> | null;

/**
 * Who is here and where. What changes seldom (who, which view, which record) is signals; pointers move
 * often and go straight to whoever draws them.
 */
export class PresenceModel {
  /** The ids of people with a socket on this board, oneself included, in a steady order. */
  people: readonly string[] = $state.raw([]);
  /** Where each of them is: the last place heard of. */
  where: ReadonlyMap<string, Presence> = $state.raw(new Map());
  carets: readonly RemoteCaret[] = $state.raw([]);

  readonly #awareness: Awareness;
  readonly #pointers: Pointers;
  readonly #self: string;
  readonly #entryOf: EntryOf;
  readonly #peers = new Map<number, Presence>();
  /** Each with the view that it draws on. */
  readonly #pointerListeners = new Map<PointerListener, string>();
  #mine: Own = { person: '', view: '', at: null, cell: null, follows: null, typing: null };

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
          this.#hear(client, parsePresence(awareness.getStates().get(client)));
        for (const client of removed) this.#hear(client, null);
        this.#gather();
      },
    );
  }

  /** Says where this person is, all but the pointer. */
  say(change: Partial<Own>): void {
    this.#mine = { ...this.#mine, ...change };
    this.#awareness.setLocalState(this.#mine);
  }

  /** Says where this person's pointer is, in shares (0 to 1) of a cell; null where it is on none. */
  point(at: { readonly cell: CellAt; readonly x: number; readonly y: number } | null): void {
    this.#pointers.say(
      at ? { place: cellKey(at.cell), x: partOf(at.x), y: partOf(at.y) } : { place: gone, x: 0, y: 0 },
    );
  }

  /** Hears each move of others' pointers on a view; returns how to stop. */
  onPointer(view: string, listener: PointerListener): () => void {
    this.#pointerListeners.set(listener, view);
    for (const client of this.#peers.keys()) listener(client, this.#pointerOf(client, view));
    return () => this.#pointerListeners.delete(listener);
  }

  #hear(client: number, presence: Presence | null): void {
    if (client === this.#awareness.clientID) return;
    const before = this.#peers.get(client) ?? null;
    if (presence) this.#peers.set(client, presence);
    else {
      this.#peers.delete(client);
      this.#pointers.drop(client);
    }
    if (before?.at?.id !== presence?.at?.id || (before?.typing === null) !== (presence?.typing === null)) {
      for (const at of [before?.at, presence?.at]) if (at) this.#revisit(at);
    }
    this.#tellPointer(client);
  }

  #tellPointer(client: number): void {
    for (const [listener, view] of this.#pointerListeners) listener(client, this.#pointerOf(client, view));
  }

  /** The pointer of a client where it is on this view; a client that says no view is on any. */
  #pointerOf(client: number, view: string): RemotePointer | null {
    const presence = this.#peers.get(client);
    if (!presence || presence.person === this.#self) return null;
    if (presence.view !== '' && presence.view !== view) return null;
    const { person, cursor } = presence;
    const pointer = this.#pointers.of(client);
    if (pointer) {
      if (pointer.place === gone) return null;
      return { person, cell: pointer.place, x: pointer.x / pointerParts, y: pointer.y / pointerParts };
    }
    return cursor && { person, cell: cellKey(cursor), x: cursor.x, y: cursor.y };
  }

  /** Recounts who is at one record: as many steps as there are people, not as there are records. */
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

  /** Refreshes what is shown as lists, and only where it differs. */
  #gather(): void {
    const people = new Set([this.#self]);
    const where = new Map<string, Presence>();
    const carets: RemoteCaret[] = [];
    for (const [client, { person, typing, ...rest }] of this.#peers) {
      if (person === '') continue;
      people.add(person);
      where.set(person, { ...rest, person, typing });
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
  if (a.size !== b.size) return false;
  for (const [person, one] of a) {
    const other = b.get(person);
    if (!other || one.view !== other.view || one.at?.id !== other.at?.id) return false;
    if (one.cell?.lane !== other.cell?.lane || one.cell?.phase !== other.cell?.phase) return false;
  }
  return true;
}
