import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';

type AnyType = Parameters<typeof Y.findRootTypeKey>[0];
type Struct = Y.Item | Y.GC;

/**
 * What one part holds at most. The server takes up to 1 MiB and 50 ms of its own time; each struct may cut three
 * texts of others in two, at up to 0.1 ms each on the largest boards. One deleted range costs it about 1 us.
 */
const mostStructs = 100;
export const mostPartBytes = 64 << 10;
const mostRanges = 4_000;

export interface Parts {
  /** Updates, each of which rests on those before it and on what the server has. */
  readonly updates: readonly Uint8Array[];
  /** The server's state vector once it has them. */
  readonly after: Map<number, number>;
}

/**
 * Cuts what the server lacks of a person's own edits into parts, where one answer would be too large to be taken:
 * hours of work without a connection. Empty where one answer will do, and without what rests on edits of others
 * that the server lacks: that is for the answer, which comes last.
 *
 * Each part brings the deletions in the texts and sets that it writes in, so that none of them is longer on the
 * way than it is in the end: the server holds every update to the limits. What a later value takes the place of
 * is not deleted before that comes, so that nobody sees a card without a place.
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
  // A character takes one clock, and three bytes at most.
  return structs > mostStructs || clocks > mostPartBytes / 3;
}

class Answer {
  readonly #store: Y.Doc['store'];
  readonly #known: Map<number, number>;
  readonly #own: ReadonlySet<number>;
  /** Texts and sets whose deletions are in a part already. */
  readonly #told = new Set<AnyType>();
  readonly #updates: Uint8Array[] = [];
  #part = new Part();
  /** A part ends behind this clock of a client id: the server takes an author only along with the record. */
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

  /** Writes all up to an id, with what it rests on before it. Returns false where the server lacks some of that. */
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
      // The parent of an item that is in the store is always a type.
      this.#tell(struct.parent as AnyType);
      const author = authorOf(struct);
      if (author?.id.client === client) this.#until = author.id;
    }
    if (this.#until && (this.#known.get(this.#until.client) ?? 0) > this.#until.clock) this.#until = null;
    if (this.#part.isFull && !this.#until) this.#flush();
  }

  /** Puts what was deleted in a text or a set, as far as the server has it, into the part. */
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

/** One update in the making. */
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

  /** Puts a struct in, from a clock within it; those of one client id come in the order of their clocks. */
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

  /** As Yjs writes an update: the structs of each client id, then the deleted ranges of each. */
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

/** What must be there before a struct: its neighbours, or what holds its parent. */
function needs(struct: Struct): Y.ID[] {
  if (!(struct instanceof Y.Item)) return [];
  const { origin, rightOrigin } = struct;
  const beside = [origin, rightOrigin].filter((id) => id !== null);
  const holder = (struct.parent as AnyType)._item;
  return beside.length > 0 || !holder ? beside : [holder.id];
}

/** The author of the record that an item makes; null where it makes none, or one without an author. */
function authorOf({ content }: Y.Item): Y.Item | null {
  return content instanceof Y.ContentType ? (content.type._map.get('author') ?? null) : null;
}

/** Whether an item is deleted, other than by the value that has taken its place. */
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
