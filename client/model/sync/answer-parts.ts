import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';

type AnyType = Parameters<typeof Y.findRootTypeKey>[0];
type Struct = Y.Item | Y.GC;

/**
 * Bounds of one part. The server takes up to 1 MiB and 50 ms of its own time per update. Each struct may split three
 * texts of others, at up to 0.1 ms each on the largest boards. One deleted range costs the server about 1 us.
 */
const mostStructs = 100;
export const mostPartBytes = 64 << 10;
const mostRanges = 4_000;

export interface Parts {
  /** Updates. Each builds on the ones before it and on the server's state. */
  readonly updates: readonly Uint8Array[];
  /** The server's state vector after these updates. */
  readonly after: Map<number, number>;
}

/**
 * Splits a person's own edits that the server lacks into parts, if one answer would be too large for the server: after
 * hours of work offline. Empty if one answer is enough. Edits that build on edits of others which the server lacks are
 * left to that last answer.
 *
 * Each part carries the deletions in the texts and sets that it writes in. So no text or set is longer on the way than
 * at the end, since the server checks the limits of every update. A value that a later value replaces is deleted only
 * when the later value comes, so that nobody sees a card without a place.
 */
export function answerInParts(
  { store }: Y.Doc,
  server: ReadonlyMap<number, number>,
  own: ReadonlySet<number>,
): Parts {
  const after = new Map(server);
  const answer = new Answer(store, after, own);
  return { updates: isLarge(store, server, own) ? answer.write() : [], after };
}

/** An update with the structs of a client id between two clocks, and without deletions. */
export function structsBetween(
  { clients }: Y.Doc['store'],
  client: number,
  from: number,
  to: number,
): Uint8Array {
  const part = new Part();
  const structs = clients.get(client) ?? [];
  for (let i = Y.findIndexSS(structs, from); ; i++) {
    const struct = structs[i];
    if (!struct || struct.id.clock >= to) return part.encode();
    part.put(struct, Math.max(from, struct.id.clock));
  }
}

function isLarge(
  store: Y.Doc['store'],
  server: ReadonlyMap<number, number>,
  own: ReadonlySet<number>,
): boolean {
  let structs = 0;
  let clocks = 0;
  for (const client of own) {
    const from = server.get(client) ?? 0;
    const state = Y.getState(store, client);
    const all = store.clients.get(client) ?? [];
    if (from >= state) continue;
    structs += all.length - Y.findIndexSS(all, from);
    clocks += state - from;
  }
  // A character takes one clock and at most three bytes.
  return structs > mostStructs || clocks > mostPartBytes / 3;
}

class Answer {
  readonly #store: Y.Doc['store'];
  readonly #known: Map<number, number>;
  readonly #own: ReadonlySet<number>;
  /** Texts and sets whose deletions are already in a part. */
  readonly #told = new Set<AnyType>();
  readonly #updates: Uint8Array[] = [];
  #part = new Part();
  /** The part must not end before this clock of a client id: the server accepts an author only with its record. */
  #until: { readonly client: number; readonly clock: number } | null = null;

  constructor(store: Y.Doc['store'], known: Map<number, number>, own: ReadonlySet<number>) {
    this.#store = store;
    this.#known = known;
    this.#own = own;
  }

  write(): readonly Uint8Array[] {
    for (const client of this.#own) this.#bring({ client, clock: Y.getState(this.#store, client) - 1 });
    this.#flush();
    return this.#updates;
  }

  /** Writes everything up to an id, after what it builds on. Returns false if the server lacks some of that. */
  #bring({ client, clock }: Pick<Y.ID, 'client' | 'clock'>): boolean {
    for (;;) {
      const from = this.#known.get(client) ?? 0;
      if (clock < from) return true;
      const structs = this.#store.clients.get(client) ?? [];
      const struct = this.#own.has(client) ? structs[Y.findIndexSS(structs, from)] : undefined;
      if (!struct || !needs(struct).every((id) => id.client === client || this.#bring(id))) return false;
      this.#put(struct, from);
    }
  }

  #put(struct: Struct, from: number): void {
    const { client, clock } = struct.id;
    this.#part.put(struct, from);
    this.#known.set(client, clock + struct.length);
    if (struct instanceof Y.Item) {
      if (isDeletedHere(struct)) this.#part.delete(client, from, clock + struct.length);
      // A stored item always has a type as its parent.
      this.#tell(struct.parent as AnyType);
      const author = authorOf(struct);
      if (author?.id.client === client) this.#until = author.id;
    }
    if (this.#until && (this.#known.get(this.#until.client) ?? 0) > this.#until.clock) this.#until = null;
    if (this.#part.isFull && !this.#until) this.#flush();
  }

  /** Adds the deletions in a text or a set to the part, as far as the server has the deleted items. */
  #tell(type: AnyType): void {
    if (this.#told.has(type)) return;
    this.#told.add(type);
    for (let item = type._start; item !== null; item = item.right) this.#tellDeleted(item);
    for (const item of type._map.values()) this.#tellDeleted(item);
  }

  #tellDeleted(item: Y.Item): void {
    const { client, clock } = item.id;
    const end = Math.min(clock + item.length, this.#known.get(client) ?? 0);
    if (isDeletedHere(item) && clock < end) this.#part.delete(client, clock, end);
  }

  #flush(): void {
    if (!this.#part.isEmpty) this.#updates.push(this.#part.encode());
    this.#part = new Part();
  }
}

/** An update under construction. */
class Part {
  readonly #runs = new Map<number, { clock: number; count: number; body: Y.UpdateEncoderV1 }>();
  readonly #deleted = new Map<number, { from: number; to: number }[]>();
  #structs = 0;
  #bytes = 0;
  #ranges = 0;

  get isEmpty(): boolean {
    return this.#structs === 0;
  }

  get isFull(): boolean {
    return this.#structs >= mostStructs || this.#bytes >= mostPartBytes || this.#ranges >= mostRanges;
  }

  /** Adds a struct, from a clock within it. Structs of one client id arrive in the order of their clocks. */
  put(struct: Struct, from: number): void {
    const { client, clock } = struct.id;
    const run = this.#runs.get(client) ?? { clock: from, count: 0, body: new Y.UpdateEncoderV1() };
    this.#runs.set(client, run);
    const before = encoding.length(run.body.restEncoder);
    struct.write(run.body, from - clock);
    run.count++;
    this.#structs++;
    this.#bytes += encoding.length(run.body.restEncoder) - before;
  }

  delete(client: number, from: number, to: number): void {
    const ranges = this.#deleted.get(client) ?? [];
    ranges.push({ from, to });
    this.#deleted.set(client, ranges);
    this.#ranges++;
  }

  /** Encodes as Yjs does: the structs of each client id, then the deleted ranges of each. */
  encode(): Uint8Array {
    return encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, this.#runs.size);
      for (const [client, { clock, count, body }] of this.#runs) {
        for (const number of [count, client, clock]) encoding.writeVarUint(encoder, number);
        encoding.writeUint8Array(encoder, body.toUint8Array());
      }
      encoding.writeVarUint(encoder, this.#deleted.size);
      for (const [client, ranges] of this.#deleted) {
        const joined = inOrder(ranges);
        for (const number of [client, joined.length]) encoding.writeVarUint(encoder, number);
        for (const { from, to } of joined) {
          encoding.writeVarUint(encoder, from);
          encoding.writeVarUint(encoder, to - from);
        }
      }
    });
  }
}

/** The ids that must exist before a struct: its neighbours, or the item that holds its parent. */
function needs(struct: Struct): Y.ID[] {
  if (!(struct instanceof Y.Item)) return [];
  const { origin, rightOrigin } = struct;
  const beside = [origin, rightOrigin].filter((id) => id !== null);
  const holder = (struct.parent as AnyType)._item;
  return beside.length > 0 || !holder ? beside : [holder.id];
}

/** The author of the record that an item creates; null if it creates none, or one without an author. */
function authorOf({ content }: Y.Item): Y.Item | null {
  return content instanceof Y.ContentType ? (content.type._map.get('author') ?? null) : null;
}

/** True if an item was deleted by itself, and not by a value that replaced it. */
function isDeletedHere(item: Y.Item): boolean {
  return item.deleted && (item.parentSub === null || item.right === null);
}

function inOrder(ranges: readonly { from: number; to: number }[]): { from: number; to: number }[] {
  const joined: { from: number; to: number }[] = [];
  for (const { from, to } of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else joined.push({ from, to });
  }
  return joined;
}
