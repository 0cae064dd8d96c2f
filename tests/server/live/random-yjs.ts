import * as Y from 'yjs';

type AnyType = Y.Map<unknown> | Y.Array<unknown> | Y.Text | Y.XmlElement | Y.XmlFragment;

/** A generator of numbers in [0, 1) that is the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Three people who write random content of all Yjs types, and the random updates they would send. */
export class Scribes {
  readonly random: () => number;
  readonly #docs: Y.Doc[];
  readonly #undos: Y.UndoManager[];
  readonly #written: Uint8Array[] = [];

  constructor(seed: number) {
    this.random = seeded(seed);
    this.#docs = [1, 2, 3].map((n) => {
      const doc = new Y.Doc({ gc: this.random() < 0.8 });
      doc.clientID = n * 1_000 + this.#below(900);
      doc.on('update', (update: Uint8Array, origin: unknown) => {
        if (origin !== 'peer') this.#written.push(update);
      });
      return doc;
    });
    this.#undos = this.#docs.map((doc) => new Y.UndoManager([...this.#roots(doc)], { captureTimeout: 0 }));
  }

  /** Updates as they may reach a server: in order or not, merged, twice, or as an answer to a state vector. */
  *updates(count: number): Generator<Uint8Array> {
    for (let i = 0; i < count; i++) {
      const doc = this.#one(this.#docs);
      doc.transact(() => {
        for (let n = this.#below(6); n >= 0; n--) this.#write(doc);
      });
      const undo = this.random();
      if (undo < 0.15) this.#one(this.#undos).undo();
      else if (undo < 0.2) this.#one(this.#undos).redo();
      if (this.random() < 0.3) Y.applyUpdate(this.#one(this.#docs), Y.encodeStateAsUpdate(doc), 'peer');
      const { length } = this.#written;
      const pick = this.random();
      if (pick < 0.4) yield* this.#written.slice(-1);
      else if (pick < 0.55) yield Y.mergeUpdates(this.#written.slice(-1 - this.#below(5)));
      else if (pick < 0.65) yield this.#written[this.#below(length)] ?? new Uint8Array([0, 0]);
      else if (pick < 0.85) yield Y.encodeStateAsUpdate(doc);
      else if (pick < 0.92) yield Y.encodeStateAsUpdate(doc, Y.encodeStateVector(this.#one(this.#docs)));
      else yield Y.diffUpdate(Y.encodeStateAsUpdate(doc), this.#someStateVector(doc));
    }
  }

  /** A possible state vector of a peer, also in the middle of a transaction, where structs are then split. */
  #someStateVector(doc: Y.Doc): Uint8Array {
    const state = Y.decodeStateVector(Y.encodeStateVector(doc));
    for (const [client, clock] of state) state.set(client, this.#below(clock + 1));
    return Y.encodeStateVector(state);
  }

  /** The update with a few bytes changed, or cut short. */
  damage(update: Uint8Array): Uint8Array {
    const damaged = update.slice();
    for (let n = this.#below(3); n >= 0; n--) {
      const i = this.#below(damaged.length);
      damaged[i] =
        this.random() < 0.5 ? this.#below(256) : ((damaged[i] ?? 0) + (this.random() < 0.5 ? 1 : 255)) % 256;
    }
    return this.random() < 0.1 ? damaged.slice(0, this.#below(damaged.length)) : damaged;
  }

  #roots(doc: Y.Doc): AnyType[] {
    return [
      doc.getMap('one'),
      doc.getMap('two'),
      doc.getArray('list'),
      doc.getText('text'),
      doc.getXmlFragment('xml'),
    ];
  }

  #write(doc: Y.Doc): void {
    let into = this.#one(this.#roots(doc));
    while (this.random() < 0.6) {
      const within = [...(into instanceof Y.Text ? [] : childrenOf(into))];
      if (within.length === 0) break;
      into = this.#one(within);
    }
    if (into instanceof Y.Map) this.#writeMap(into);
    else if (into instanceof Y.Text) this.#writeText(into);
    else if (into instanceof Y.XmlFragment) this.#writeXml(into);
    else this.#writeArray(into);
  }

  #writeMap(map: Y.Map<unknown>): void {
    const key = this.#one(['a', 'b', 'c', 'd']);
    if (this.random() < 0.25) map.delete(key);
    else map.set(key, this.#something());
  }

  #writeArray(array: Y.Array<unknown>): void {
    const at = this.#below(array.length + 1);
    if (this.random() < 0.35 && at < array.length)
      array.delete(at, 1 + this.#below(Math.min(3, array.length - at)));
    else array.insert(at, [this.#something(), this.#below(100)]);
  }

  #writeText(text: Y.Text): void {
    const at = this.#below(text.length + 1);
    const pick = this.random();
    if (pick < 0.25 && at < text.length) text.delete(at, 1 + this.#below(Math.min(5, text.length - at)));
    else if (pick < 0.35 && text.length > 0)
      text.format(0, text.length, { bold: this.random() < 0.5 ? true : null });
    else if (pick < 0.4) text.insertEmbed(at, { image: 'x' });
    else if (pick < 0.45) text.setAttribute('lang', 'sv');
    else text.insert(at, this.#one(['hej', 'åäö', 'مرحبا', '👋🏽', 'x']));
  }

  #writeXml(xml: Y.XmlFragment): void {
    const at = this.#below(xml.length + 1);
    const pick = this.random();
    if (pick < 0.2 && xml instanceof Y.XmlElement) xml.setAttribute(this.#one(['id', 'class']), 'x');
    else if (pick < 0.25 && xml instanceof Y.XmlElement) xml.removeAttribute('id');
    else if (pick < 0.5 && at < xml.length) xml.delete(at, 1);
    else if (pick < 0.75) xml.insert(at, [new Y.XmlText('words')]);
    else xml.insert(at, [new Y.XmlElement(this.#one(['p', 'em']))]);
  }

  #something(): unknown {
    const pick = this.random();
    if (pick < 0.2) return new Y.Map([['a', this.#below(10)]]);
    if (pick < 0.35) return new Y.Text('text');
    if (pick < 0.45) return Y.Array.from([1, 2]);
    if (pick < 0.5) return new Uint8Array([1, 2, 3]);
    if (pick < 0.53) return new Y.Doc({ guid: 'inner' });
    if (pick < 0.56) return new Y.XmlElement('div');
    return this.random() < 0.5 ? this.#below(1_000) : { x: this.#below(10), y: [null, 'z'] };
  }

  #below(bound: number): number {
    return Math.floor(this.random() * bound);
  }

  #one<T>(of: readonly T[]): T {
    const one = of[this.#below(of.length)];
    if (one === undefined) throw new Error('nothing to choose from');
    return one;
  }
}

function childrenOf(type: Exclude<AnyType, Y.Text>): AnyType[] {
  const values: unknown[] = type instanceof Y.Map ? [...type.values()] : type.toArray();
  return values.filter(
    (v): v is AnyType =>
      v instanceof Y.Map || v instanceof Y.Array || v instanceof Y.Text || v instanceof Y.XmlFragment,
  );
}
