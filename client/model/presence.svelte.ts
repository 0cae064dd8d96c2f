import type { Awareness } from 'y-protocols/awareness';
import type { Presence } from '$shared/presence.ts';
import { parsePresence } from '$shared/presence.ts';
import type { Entry, Visitor } from './records.svelte.ts';

/** Pointer moves go out at most this often: 20 a second look live and cost a third of 60. */
const cursorMs = 50;

/** One socket's presence; a person with two tabs has two. */
export interface Peer {
  readonly client: number;
  readonly presence: Presence;
}

/** The carets of others in one text. */
export interface RemoteCaret {
  readonly client: number;
  readonly person: string;
  readonly field: string;
  readonly anchor: string;
  readonly head: string;
}

type EntryOf = (collection: 'cards' | 'ideas', id: string) => Entry<unknown>;

/**
 * Who is here and where. What changes seldom (who, which view, which record) is signals; cursors move
 * often and go straight to whoever draws them.
 */
export class PresenceModel {
  /** The ids of people with a socket on this board, oneself included, in a steady order. */
  people: readonly string[] = $state.raw([]);
  /** Where each of them is: the last place heard of. */
  where: ReadonlyMap<string, Presence> = $state.raw(new Map());
  carets: readonly RemoteCaret[] = $state.raw([]);

  readonly #awareness: Awareness;
  readonly #self: string;
  readonly #entryOf: EntryOf;
  readonly #peers = new Map<number, Presence>();
  readonly #cursorListeners = new Set<(peer: Peer | { client: number; presence: null }) => void>();
  #mine: Presence = { person: '', view: 'map', at: null, cell: null, cursor: null, typing: null };
  #timer: ReturnType<typeof setTimeout> | null = null;
  #lastSent = 0;

  constructor(awareness: Awareness, self: string, entryOf: EntryOf) {
    this.#awareness = awareness;
    this.#self = self;
    this.#entryOf = entryOf;
    this.#mine = { ...this.#mine, person: self };
    awareness.setLocalState(this.#mine);
    this.people = [self];
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

  /** Says where this person is. Cursor moves are gathered; all else goes out at once. */
  say(change: Partial<Presence>): void {
    this.#mine = { ...this.#mine, ...change };
    const wait = 'cursor' in change ? this.#lastSent + cursorMs - performance.now() : 0;
    if (wait <= 0) this.#send();
    else this.#timer ??= setTimeout(this.#send, wait);
  }

  /** Hears each move of others' pointers; returns how to stop. */
  onCursor(listener: (peer: Peer | { client: number; presence: null }) => void): () => void {
    this.#cursorListeners.add(listener);
    for (const [client, presence] of this.#peers) listener({ client, presence });
    return () => this.#cursorListeners.delete(listener);
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #send = () => {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#lastSent = performance.now();
    this.#awareness.setLocalState(this.#mine);
  };

  #hear(client: number, presence: Presence | null): void {
    if (client === this.#awareness.clientID) return;
    const before = this.#peers.get(client) ?? null;
    if (presence) this.#peers.set(client, presence);
    else this.#peers.delete(client);
    if (before?.at?.id !== presence?.at?.id || (before?.typing === null) !== (presence?.typing === null)) {
      for (const at of [before?.at, presence?.at]) if (at) this.#revisit(at);
    }
    for (const listener of this.#cursorListeners) listener({ client, presence });
  }

  /** Recounts who is at one record: as many steps as there are people, not as there are records. */
  #revisit(at: { in: 'cards' | 'ideas'; id: string }): void {
    const visitors: Visitor[] = [];
    for (const presence of this.#peers.values()) {
      if (presence.at?.id !== at.id || presence.person === this.#self) continue;
      if (!visitors.some((one) => one.person === presence.person)) {
        visitors.push({ person: presence.person, typing: presence.typing?.id === at.id });
      }
    }
    this.#entryOf(at.in, at.id).visitors = visitors;
  }

  /** Refreshes what is shown as lists, and only where it differs: a cursor move changes none of it. */
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
