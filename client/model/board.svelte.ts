import { isBlank } from '$shared/text/blank.ts';
import * as Y from 'yjs';
import { board, openRoots } from '$shared/documents.ts';
import { collectionIn } from '$shared/schema/document.ts';
import { may } from '$shared/roles.ts';
import type { AnyCollection, Collection } from '$shared/schema/collection.ts';
import type { Writing } from '$shared/schema/command.ts';
import { writingLabel } from '$shared/schema/command.ts';
import { readRecord, textOf } from '$shared/schema/read.ts';
import { idsNamed } from '$shared/schema/references.ts';
import { ensureText } from '$shared/schema/text-splice.ts';
import type { Control, Exceeded } from '$shared/wire/protocol.ts';
import { JourneyModel } from './journey.svelte.ts';
import { PresenceModel } from './presence/presence.svelte.ts';
import type { Rights } from './rights.ts';
import type { Entries, ItemOf } from './store/entries.svelte.ts';
import type { Index, IndexDefinition } from './store/index.svelte.ts';
import { Store } from './store/store.svelte.ts';
import type { Holding } from './sync/status.ts';
import { Connection, exceededIn } from './sync/connection.svelte.ts';
import type { Ending } from './sync/ending.ts';
import { KeptEdits } from './sync/kept.svelte.ts';
import type { LostWhy } from './sync/lost.ts';
import { mergeRecords } from './sync/lost.ts';
import { PendingEdits } from './sync/pending-edits.ts';
import type { Touched } from './sync/touched.ts';
import { missingFrom, Touches } from './sync/touched.ts';
import { UndoableEditor } from './sync/undo.svelte.ts';
import { Unsaved } from './sync/unsaved.ts';
import type * as TextBindings from './text-binding.ts';

/** Names one text field of one record. */
export interface TextAt {
  readonly of: Collection;
  readonly id: string;
  readonly field: string;
}

/** Events for the owner of a board. */
export interface BoardEvents {
  /** The connection has ended for good. */
  readonly ended: (why: Ending) => void;
}

/**
 * A board as the views see it: plain reactive records and indexes over one Yjs document, the person's editor, the
 * connection, and the presence of others. No Yjs type leaves this class. The owner must call `close`.
 */
export class Board {
  readonly id: string;
  readonly editor: UndoableEditor;
  readonly connection: Connection;
  readonly presence: PresenceModel;
  /** What the session forbids this person now; null until its script has loaded. */
  rights: Rights | null = $state.raw(null);

  readonly #doc: Y.Doc;
  readonly #store: Store;
  readonly #journey: JourneyModel;
  readonly #kept: KeptEdits;
  readonly #ownsKept: boolean;
  readonly #unsaved: Unsaved;
  readonly #pending: PendingEdits;
  /** Text fields with an input bound to them. */
  readonly #bindings = new Set<TextBindings.TextBinding>();
  #generation = 0;
  /** True until the rows on the device have been read. */
  #isReading = $state(true);

  /**
   * @param at `waitMs`: delay before the first connection; `schema`: as for `Connection`
   * @param kept outlives this document and is closed by its owner; without it the board makes its own
   */
  constructor(
    at: { board: string; person: string; origin: string; waitMs?: number; schema?: number },
    on: BoardEvents,
    kept?: KeptEdits,
  ) {
    const doc = new Y.Doc();
    openRoots(doc);
    this.#doc = doc;
    this.id = at.board;
    this.#kept = kept ?? new KeptEdits(at);
    this.#ownsKept = kept === undefined;
    this.#unsaved = new Unsaved(doc);
    this.#pending = new PendingEdits(
      doc,
      this.#kept,
      () => this.connection.status !== 'offline' && this.connection.readOnly === null,
    );
    this.editor = new UndoableEditor(doc, at.person);
    this.#store = new Store(doc);
    this.#journey = new JourneyModel(this.#store);
    this.connection = new Connection(doc, at, {
      ready: (generation) => void this.#settle(generation),
      holding: () => this.#holding,
      ended: on.ended,
      putBack: (control) => this.#putBack(control),
      saved: () => {
        this.#unsaved.clear();
        this.#pending.clear();
      },
    });
    this.presence = new PresenceModel(
      this.connection.awareness,
      this.connection.pointers,
      at.person,
      (name, id) => {
        const of = collectionIn(board, name);
        return of && this.of(of).entry(id);
      },
    );
    this.connection.open(at.waitMs);
  }

  /** The records or values of a collection. */
  of<C extends AnyCollection>(of: C): Entries<ItemOf<C>> {
    return this.#store.of(of);
  }

  /** An index of a collection. */
  by<C extends AnyCollection>(definition: IndexDefinition<C>): Index<ItemOf<C>> {
    return this.#store.by(definition);
  }

  /** False if the device has refused to store edits: those that are not sent end with the page. */
  get keepsEdits(): boolean {
    return this.#kept.isStored;
  }

  /** The frame of the map. Replaced when a phase, a step or a lane is added, removed or moved. */
  get journey() {
    return this.#journey.now;
  }

  /**
   * Calls a listener before a change by others is applied, while the page still shows the state before it. Returns a
   * function that ends this.
   */
  beforeOthers(listener: () => void): () => void {
    const receive = ({ local }: Y.Transaction) => {
      if (!local) listener();
    };
    this.#doc.on('beforeTransaction', receive);
    return () => this.#doc.off('beforeTransaction', receive);
  }

  /**
   * Binds an input to a text field while it is edited. `joins`: the first words are typed onto the end of the text. Returns a function that unbinds it, or null if there is no such
   * record.
   * @param by the module `text-binding.ts`, which loads with the fields, not with the board
   */
  edit(
    by: typeof TextBindings,
    at: TextAt,
    area: HTMLTextAreaElement | HTMLInputElement,
    as?: Writing,
    joins?: boolean,
  ): (() => void) | null {
    const definition = at.of.fields[at.field];
    if (definition?.kind !== 'text') return null;
    const text = ensureText(this.editor, at.of, at.id, at.field);
    if (!text) return null;
    const label = writingLabel(at.of.name, at.id, at.field, as);
    const binding = new by.TextBinding(
      area,
      text,
      definition,
      (edit) => this.editor.change(label, edit),
      (caret) => {
        this.presence.setState({ typing: { in: at.of.name, id: at.id, field: at.field, ...caret } });
      },
      joins,
    );
    this.#bindings.add(binding);
    return () => {
      this.#bindings.delete(binding);
      binding.close();
      this.presence.setState({ typing: null });
    };
  }

  /** True if a record has no text, and nothing else on the board names it. Reads the whole board. */
  isBlank(of: Collection, id: string): boolean {
    const record = readRecord(this.#doc, of, id);
    const texts = Object.keys(of.fields).filter((name) => of.fields[name]?.kind === 'text');
    if (!record || texts.some((name) => !isBlank(String(record[name])))) return false;
    return !idsNamed(this.#doc, Object.values(board.collections), of.name).has(id);
  }

  /** The carets of others in a text: indices into it, with the person of each. `by` is as in `edit`. */
  caretsIn(
    by: typeof TextBindings,
    at: TextAt,
  ): { person: string; client: number; anchor: number; head: number }[] {
    const text = textOf(this.#doc, at.of, at.id, at.field);
    if (!text) return [];
    const field = `${at.of.name}/${at.id}/${at.field}`;
    return this.presence.carets.flatMap((caret) => {
      if (caret.field !== field) return [];
      const anchor = by.decodePosition(text, caret.anchor);
      const head = by.decodePosition(text, caret.head);
      return anchor === null || head === null
        ? []
        : [{ person: caret.person, client: caret.client, anchor, head }];
    });
  }

  /**
   * Gives up the document because the server will not take its edits. Moves the edits and the whole state to the kept
   * edits. Call it before `close`. Returns false if nothing is lost: the server has everything on disk.
   */
  giveUp(why: LostWhy, exceeded?: Exceeded): boolean {
    // The edits that the server lacks may include other people's. This page may hold the only copy.
    const records = why === 'discarded' || why === 'fallen-back' ? this.#takeBeyond() : this.#takeUnsaved();
    // A board that is restored on purpose takes nothing from a person whose work was saved before.
    if (['outdated', 'no-board'].includes(why) && records.length === 0) return false;
    const state = Y.encodeStateAsUpdate(this.#doc);
    this.#kept.lose(
      { why, generation: this.#generation, records, state, exceeded },
      this.#pending.surrender(),
    );
    return true;
  }

  /** The whole document of this page, as one Yjs update. */
  bytes(): Uint8Array {
    return Y.encodeStateAsUpdate(this.#doc);
  }

  /** Shows the unsaved edits of a document that is closed before it could send them. They stay on the device. */
  showUnsent(): void {
    const records = this.#takeUnsaved();
    if (records.length > 0) this.#kept.show('not-sent', records, this.#pending.putAway());
  }

  /** Shows the edits that the device keeps of a deleted board. */
  showKept(): void {
    void this.#pending.showKept();
  }

  close(): void {
    // Finishes a large command that is under way. Its edits are still kept and sent.
    this.editor.close();
    this.#pending.close();
    if (this.#ownsKept) this.#kept.close();
    this.connection.close();
    this.#unsaved.close();
    this.#doc.destroy();
  }

  /** Keeps what the server put back, as it reads now: the content is about to go. */
  #putBack(control: Extract<Control, { kind: 'put-back' }>): void {
    const touches = new Touches(this.#doc);
    for (const place of control.places) touches.noteAt(place);
    const { exceeded } = exceededIn(control);
    const given = {
      why: control.reason,
      generation: this.#generation,
      records: touches.read(),
      exceeded,
    };
    import('./sync/put-back.ts').then(
      ({ keepPutBack }) => keepPutBack(this.#kept, given),
      // The script could not be fetched: kept as after any refusal.
      () => this.#kept.lose({ ...given, state: this.bytes() }, Promise.resolve([])),
    );
  }

  /** Takes the unsaved edits, including text that an input method is composing. */
  #takeUnsaved(): readonly Touched[] {
    for (const binding of this.#bindings) binding.flush();
    const records = this.#unsaved.read();
    this.#unsaved.clear();
    return records;
  }

  /** Takes everything in this document that the server lacks, by any author, and the unsaved edits. */
  #takeBeyond(): readonly Touched[] {
    const beyond = new Touches(this.#doc);
    beyond.noteBeyond(this.connection.serverState);
    return mergeRecords([...beyond.read(), ...this.#takeUnsaved()]);
  }

  get #holding(): Holding {
    if (this.#isReading) return 'reading';
    return this.#kept.losses.length > 0 ? 'held' : null;
  }

  /** Runs when the server's state has arrived. Applies the edits on the device, or shows them. */
  async #settle(generation: number): Promise<void> {
    this.#generation = generation;
    this.#isReading = true;
    this.#kept.settle((touched) => missingFrom(this.#doc, touched));
    await this.#pending.restore(generation, may(this.connection.role ?? 'observer', 'write'));
    this.#isReading = false;
    this.connection.refresh();
  }
}
