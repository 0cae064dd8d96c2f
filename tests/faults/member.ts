import * as decoding from 'lib0/decoding';
import * as v from 'valibot';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { cards, addCard, moveCards } from '../../shared/collections/card.ts';
import { lanes } from '../../shared/collections/lane.ts';
import { people } from '../../shared/collections/person.ts';
import { phases } from '../../shared/collections/phase.ts';
import { openRoots } from '../../shared/documents.ts';
import { readAll, readRecord, textOf } from '../../shared/schema/read.ts';
import { PlainEditor } from '../../shared/schema/editor.ts';
import { controlProtocol, controlSchema, frameKind, syncKind } from '../../shared/wire/protocol.ts';
import type { Chance } from './chance.ts';
import type { Joined } from './invited.ts';
import { join } from './invited.ts';

/** Something a person wrote that can be found later: a word in the text of a card. */
export interface Claim {
  readonly card: string;
  readonly word: string;
}

/** Words at which a card is long; people then continue in another card. */
const wordsInCard = 40;

/**
 * A person with a stock `y-websocket` provider that listens for `saved`. It knows for each of its edits whether the
 * server has acknowledged it, by counting document frames as the page does.
 */
export class Member {
  readonly name: string;
  readonly isStock: boolean;
  readonly doc = new Y.Doc();
  readonly provider: WebsocketProvider;
  /** Own edits in order. */
  readonly written: Claim[] = [];
  /** Close codes of its sockets, in order; null if it closed one itself. */
  readonly closings: (number | null)[] = [];
  /** Why the server accepts no edits, by its last message; null if it does. */
  readOnly: 'store' | 'frozen' | null = null;
  readonly #editor: PlainEditor;
  /** The card in which it writes, and the number of words it has written there. */
  #writing: { readonly card: string; words: number } | null = null;
  /** Own edits without acknowledgement, and this socket's document frame with each; null if there is none yet. */
  readonly #open = new Map<Claim, number | null>();
  #sent = 0;
  #saved = 0;
  #watchers = new Set<() => void>();

  /** `isStock`: like any other program, which gets no acknowledgements. */
  static async join(url: string, link: string, name: string, { isStock = false } = {}): Promise<Member> {
    return new Member(url, await join(url, link, name), name, isStock);
  }

  private constructor(url: string, { board, person, token }: Joined, name: string, isStock: boolean) {
    this.name = name;
    this.isStock = isStock;
    openRoots(this.doc);
    this.#editor = new PlainEditor(this.doc, person);
    this.provider = new WebsocketProvider(`${url.replace('http', 'ws')}/sync/${board}`, 'board', this.doc, {
      params: { token },
      protocols: isStock ? [] : [controlProtocol],
      // The stock client takes any WebSocket class, but the two type packages do not know each other.
      WebSocketPolyfill: WebSocket as unknown as typeof globalThis.WebSocket,
      disableBc: true,
      maxBackoffTime: 400,
    });
    this.#count();
    this.provider.on('sync', this.#look);
    this.provider.on('status', this.#look);
    this.doc.on('update', this.#look);
  }

  /** Own edits that the server has acknowledged. */
  get acknowledged(): Claim[] {
    if (this.isStock) return [];
    return this.written.filter((claim) => !this.#open.has(claim));
  }

  get isSynced(): boolean {
    return this.provider.synced;
  }

  get isConnected(): boolean {
    return this.provider.wsconnected;
  }

  /** True if it is synced, and all its edits are on disk. */
  get isSaved(): boolean {
    return this.isSynced && (this.isStock || this.#open.size === 0);
  }

  /** The document as plain JSON, for comparison. */
  get state(): string {
    return this.#json(() => true);
  }

  /** The same without the people, since each new visitor adds one. */
  get content(): string {
    return this.#json((name) => name !== people.name);
  }

  #json(which: (name: string) => boolean): string {
    const roots = Object.fromEntries(
      [...this.doc.share]
        .filter(([name]) => which(name))
        .map(([name, root]) => [name, root.toJSON() as unknown]),
    );
    return JSON.stringify(roots, (_key, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value,
    );
  }

  has({ card, word }: Claim): boolean {
    const record = readRecord(this.doc, cards, card);
    return record !== null && !record.gone && record.text.includes(word);
  }

  /** Makes one edit: a new card, another word in any card, or a move (which others may override). */
  edit(chance: Chance): void {
    const all = readAll(this.doc, cards);
    const inReach = all.filter((card) => card.text.length < wordsInCard * 9);
    const card = inReach[chance.below(inReach.length)]?.id;
    const deed = chance.below(4);
    if (card === undefined || deed === 0) this.#add(chance);
    else if (deed === 1) moveCards(this.#editor, [card], this.#cell(chance));
    else this.#type(card, chance);
  }

  /** Writes one word: in its own card, or in a new one once that is long. Returns the word to look for. */
  write(chance: Chance): Claim {
    if (!this.#writing || this.#writing.words >= wordsInCard) {
      this.#add(chance);
      this.#writing = { card: this.written.at(-1)?.card ?? '', words: 1 };
    } else {
      this.#type(this.#writing.card, chance);
      this.#writing.words++;
    }
    const claim = this.written.at(-1);
    if (!claim) throw new Error('Nothing was written.');
    return claim;
  }

  /** Waits until this member meets a condition. */
  until(what: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (!what()) return;
        this.#watchers.delete(check);
        resolve();
      };
      this.#watchers.add(check);
      check();
    });
  }

  /** Calls `check` whenever something was received, sent or acknowledged. Returns a function that stops that. */
  watch(check: () => void): () => void {
    this.#watchers.add(check);
    return () => this.#watchers.delete(check);
  }

  /** Reads everything still in transit from a server that has ended, and stays away until `comeBack`. */
  async stayAway(): Promise<void> {
    await this.until(() => !this.isConnected);
    this.provider.disconnect();
  }

  comeBack(): void {
    this.provider.connect();
  }

  close(): void {
    this.provider.destroy();
    this.provider.awareness.destroy();
    this.doc.destroy();
  }

  #add(chance: Chance): void {
    const word = newWord(chance);
    // The card is created by one update and shown by the next: the claim holds when both are on disk.
    const card = addCard(this.#editor, this.#cell(chance), { text: `${word} ` });
    this.#claim({ card, word });
  }

  #type(card: string, chance: Chance): void {
    const text = textOf(this.doc, cards, card, 'text');
    if (!text) return;
    const word = newWord(chance);
    // Between words, not within one, so that every word can be found.
    const gaps = [...text.toJSON().matchAll(/ /g)].map(({ index }) => index + 1);
    text.insert(gaps[chance.below(gaps.length)] ?? 0, `${word} `);
    this.#claim({ card, word });
  }

  #cell(chance: Chance): { lane: string; phase: string; step: null } {
    const lane = readAll(this.doc, lanes).filter(({ type }) => type === 'text');
    const phase = readAll(this.doc, phases);
    return {
      lane: lane[chance.below(lane.length)]?.id ?? '',
      phase: phase[chance.below(phase.length)]?.id ?? '',
      step: null,
    };
  }

  #claim(claim: Claim): void {
    this.written.push(claim);
    this.#open.set(claim, this.isConnected ? this.#sent : null);
    this.#look();
  }

  /** Counts like `client/model/sync/connection.svelte.ts`: each own update and each answer to step 1 is a frame. */
  #count(): void {
    const { provider, doc } = this;
    const stock = provider.messageHandlers[frameKind.sync];
    provider.messageHandlers[frameKind.sync] = (encoder, decoder, own, emitSynced, kind) => {
      const isStep1 = decoder.arr[decoder.pos] === syncKind.step1;
      stock?.(encoder, decoder, own, emitSynced, kind);
      if (!isStep1) return;
      // The answer includes everything that this socket has not sent yet.
      this.#sent++;
      for (const [claim, frame] of this.#open) if (frame === null) this.#open.set(claim, this.#sent);
    };
    provider.messageHandlers[frameKind.control] = (_encoder, decoder) => {
      const control = v.parse(controlSchema, JSON.parse(decoding.readVarString(decoder)));
      if (control.kind === 'read-only') {
        this.readOnly = control.why;
        this.#look();
      }
      if (control.kind !== 'saved') return;
      this.#saved = control.frames;
      for (const [claim, frame] of this.#open) {
        if (frame !== null && frame <= this.#saved) this.#open.delete(claim);
      }
      this.#look();
    };
    // Refusals are checked by their close codes.
    provider.messageHandlers[frameKind.auth] = () => {};
    // This client shows no pointers.
    provider.messageHandlers[frameKind.pointer] = () => {};
    provider.on('status', () => {
      this.#sent = 0;
      this.#saved = 0;
      for (const claim of this.#open.keys()) this.#open.set(claim, null);
    });
    provider.on('connection-close', (event) => this.closings.push(event?.code ?? null));
    doc.on('update', (_update: Uint8Array, origin: unknown) => {
      if (origin !== provider && provider.wsconnected) this.#sent++;
    });
  }

  #look = (): void => {
    for (const check of [...this.#watchers]) check();
  };
}

/** Eight letters that nobody else writes. */
function newWord(chance: Chance): string {
  return Array.from({ length: 8 }, () => String.fromCharCode(97 + chance.below(26))).join('');
}
