import * as Y from 'yjs';
import type { Card, CellAt } from '$shared/collections/card.ts';
import { cards, cellOf } from '$shared/collections/card.ts';
import type { Emotion, PlacedPoint } from '$shared/collections/emotion.ts';
import { emotions, experience } from '$shared/collections/emotion.ts';
import type { Idea } from '$shared/collections/idea.ts';
import { ideas } from '$shared/collections/idea.ts';
import { lanes } from '$shared/collections/lane.ts';
import { people } from '$shared/collections/person.ts';
import { personas } from '$shared/collections/persona.ts';
import { phases, steps } from '$shared/collections/phase.ts';
import type { Journey } from '$shared/queries/journey.ts';
import { arrangeJourney } from '$shared/queries/journey.ts';
import type { Collection, ValueCollection } from '$shared/schema/collection.ts';
import type { Writing } from '$shared/schema/command.ts';
import { writingLabel } from '$shared/schema/command.ts';
import { parseValue } from '$shared/schema/collection.ts';
import type { Exceeded } from '$shared/wire/protocol.ts';
import { openRoots } from '$shared/documents.ts';
import { rootOf, textOf } from '$shared/schema/read.ts';
import { ensureText } from '$shared/schema/text-splice.ts';
import { may } from '$shared/roles.ts';
import type { Ending } from './sync/ending.ts';
import type { Holding } from './sync/connection.svelte.ts';
import { Connection } from './sync/connection.svelte.ts';
import { KeptEdits } from './sync/kept.svelte.ts';
import type { LostWhy } from './sync/lost.ts';
import { mergeRecords } from './sync/lost.ts';
import { PendingEdits } from './sync/pending-edits.ts';
import { PresenceModel } from './presence/presence.svelte.ts';
import type { Change, Entry } from './store/records.svelte.ts';
import { Records } from './store/records.svelte.ts';
import { Shelves } from './store/shelves.svelte.ts';
import { Stacks } from './store/stacks.svelte.ts';
import type { Caret } from './text-binding.ts';
import { decodePosition, TextBinding } from './text-binding.ts';
import type { Touched } from './sync/touched.ts';
import { missingFrom, Touches } from './sync/touched.ts';
import { UndoableEditor } from './sync/undo.svelte.ts';
import { Unsaved } from './sync/unsaved.ts';

/** Names one text field of one record. */
export interface TextAt {
  readonly of: Collection;
  readonly id: string;
  readonly field: string;
}

/** What the owner of a board hears. */
export interface BoardEvents {
  /** The socket was closed for good. */
  readonly ended: (why: Ending) => void;
}

/**
 * A board as the views see it: plain reactive records and indexes over one Yjs document, the hands of
 * the person, the connection and the others' presence. No Yjs type leaves it. Whoever opens it calls
 * `close`.
 */
export class Board {
  readonly id: string;
  readonly editor: UndoableEditor;
  readonly connection: Connection;
  readonly presence: PresenceModel;

  readonly people;
  readonly personas;
  readonly phases;
  readonly steps;
  readonly lanes;
  readonly cards;
  readonly ideas;
  readonly stacks: Stacks;
  readonly shelves = new Shelves();

  /** The frame of the map; replaced when a phase, a step or a lane comes, goes or moves. */
  journey: Journey = $state.raw({ periods: [], phases: [], lanes: [] });
  emotions: readonly Emotion[] = $state.raw([]);
  points: readonly PlacedPoint[] = $state.raw([]);

  readonly #doc: Y.Doc;
  readonly #kept: KeptEdits;
  readonly #ownsKept: boolean;
  readonly #unsaved: Unsaved;
  readonly #pending: PendingEdits;
  /** The fields that are being written in. */
  readonly #bindings = new Set<TextBinding>();
  #generation = 0;
  /** Whether what lies on the device has still to be looked through. */
  #isReading = $state(true);

  /**
   * @param at `waitMs`: how long the server is left alone before it is asked; `schema`: as of `Connection`
   * @param kept outlives this document, and is closed by its owner; a board that is given none has its own
   */
  constructor(
    at: { board: string; seat: string; origin: string; waitMs?: number; schema?: number },
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
      () => this.connection.light !== 'offline' && this.connection.readOnly === null,
    );
    this.editor = new UndoableEditor(doc, at.seat);
    this.stacks = new Stacks((place) => cellOf(place, (step) => this.steps.get(step)?.place.phase ?? null));
    this.people = new Records(doc, people);
    this.personas = new Records(doc, personas);
    this.phases = new Records(doc, phases, (changes) => this.#reframe(changes, false));
    this.steps = new Records(doc, steps, (changes) => this.#reframe(changes, true));
    this.lanes = new Records(doc, lanes, (changes) => this.#reframe(changes, false));
    this.cards = new Records(doc, cards, (changes: readonly Change<Card>[]) => this.stacks.apply(changes));
    this.ideas = new Records(doc, ideas, (changes: readonly Change<Idea>[]) => this.#relink(changes));
    this.#watch(emotions, (all) => (this.emotions = all));
    this.#watch(experience, (all) => (this.points = all));
    this.connection = new Connection(doc, at, {
      ready: (generation) => void this.#settle(generation),
      holding: () => this.#holding,
      ended: on.ended,
      saved: () => {
        this.#unsaved.clear();
        this.#pending.clear();
      },
    });
    this.presence = new PresenceModel(
      this.connection.awareness,
      this.connection.pointers,
      at.seat,
      (of, id) => this.#entry(of, id),
    );
    this.connection.open(at.waitMs);
  }

  /** Ties an input to a text field while it is edited; returns how to let go, or null without the record. */
  edit(at: TextAt, area: HTMLTextAreaElement | HTMLInputElement, as?: Writing): (() => void) | null {
    const definition = at.of.fields[at.field];
    if (definition?.kind !== 'text') return null;
    const text = ensureText(this.editor, at.of, at.id, at.field);
    if (!text) return null;
    const label = writingLabel(at.of.name, at.id, at.field, as);
    const binding = new TextBinding(
      area,
      text,
      definition.max,
      (edit) => this.editor.change(label, edit),
      (caret: Caret) => {
        this.presence.say({ typing: { in: at.of.name, id: at.id, field: at.field, ...caret } });
      },
    );
    this.#bindings.add(binding);
    return () => {
      this.#bindings.delete(binding);
      binding.close();
      this.presence.say({ typing: null });
    };
  }

  /** Where the carets of others stand in a text: indices into it, with whose they are. */
  caretsIn(at: TextAt): { person: string; client: number; anchor: number; head: number }[] {
    const text = textOf(this.#doc, at.of, at.id, at.field);
    if (!text) return [];
    const field = `${at.of.name}/${at.id}/${at.field}`;
    return this.presence.carets.flatMap((caret) => {
      if (caret.field !== field) return [];
      const anchor = decodePosition(text, caret.anchor);
      const head = decodePosition(text, caret.head);
      return anchor === null || head === null
        ? []
        : [{ person: caret.person, client: caret.client, anchor, head }];
    });
  }

  /** The cell where a card is shown, or null where it is not on the map. */
  cellOf(card: string): CellAt | null {
    return this.stacks.cellOfCard(card);
  }

  /**
   * Gives up the document, whose edits the server will not take: they and the whole state go to what is kept. To be
   * called before `close`. Returns false where nothing is lost, since all of it is on the server's disk.
   */
  giveUp(why: LostWhy, exceeded?: Exceeded): boolean {
    // What the server does not have may be others' too: nobody else may have it any more.
    const records = why === 'discarded' || why === 'fallen-back' ? this.#takeBeyond() : this.#takeUnsaved();
    // A board that is put back on purpose takes nothing from a person all of whose work was saved before.
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

  /** Shows what is not saved of a document that is left before it could be; it stays on the device. */
  showUnsent(): void {
    const records = this.#takeUnsaved();
    if (records.length > 0) this.#kept.show('not-sent', records, this.#pending.putAway());
  }

  /** Shows what the device keeps of a board that is gone. */
  showKept(): void {
    void this.#pending.showKept();
  }

  close(): void {
    // A large command that is under way is finished, and still kept and sent.
    this.editor.close();
    this.#pending.close();
    if (this.#ownsKept) this.#kept.close();
    this.connection.close();
    this.#unsaved.close();
    this.#doc.destroy();
  }

  /** What is not saved, with what is being composed at this moment. */
  #takeUnsaved(): readonly Touched[] {
    for (const binding of this.#bindings) binding.flush();
    const records = this.#unsaved.read();
    this.#unsaved.clear();
    return records;
  }

  /** What the server does not have of this document, whoever made it, and what is not saved. */
  #takeBeyond(): readonly Touched[] {
    const beyond = new Touches(this.#doc);
    beyond.noteBeyond(this.connection.serverState);
    return mergeRecords([...beyond.read(), ...this.#takeUnsaved()]);
  }

  get #holding(): Holding {
    if (this.#isReading) return 'reading';
    return this.#kept.losses.length > 0 ? 'held' : null;
  }

  /** The server's state is in: what lies on the device goes into it, or is shown. */
  async #settle(generation: number): Promise<void> {
    this.#generation = generation;
    this.#isReading = true;
    this.#kept.settle((touched) => missingFrom(this.#doc, touched));
    await this.#pending.restore(generation, may(this.connection.role ?? 'observer', 'write'));
    this.#isReading = false;
    this.connection.refresh();
  }

  #entry(of: 'cards' | 'ideas', id: string): Entry<unknown> {
    return of === 'cards' ? this.cards.entry(id) : this.ideas.entry(id);
  }

  /** A change of place makes the frame anew; typing in a title does not. */
  #reframe(changes: readonly Change<{ id: string; gone: boolean }>[], stepsChanged: boolean): void {
    if (changes.every(({ before, after }) => before && after && sameFrame(before, after))) return;
    const records = <R>(of: { all: readonly Entry<R>[] }) => of.all.flatMap((entry) => entry.record ?? []);
    this.journey = arrangeJourney(records(this.phases), records(this.steps), records(this.lanes));
    if (stepsChanged) this.stacks.rearrange();
    this.stacks.open(this.#allCells());
    this.shelves.open(this.journey.phases.map(({ phase }) => phase.id));
  }

  *#allCells(): Iterable<CellAt> {
    for (const lane of this.journey.lanes) {
      for (const { phase, steps } of this.journey.phases) {
        yield { lane: lane.id, phase: phase.id, step: null };
        for (const step of steps) yield { lane: lane.id, phase: phase.id, step: step.id };
      }
    }
  }

  /** Keeps each card's list of the ideas that answer it. */
  #relink(changes: readonly Change<Idea>[]): void {
    this.shelves.apply(changes);
    for (const { entry, before, after } of changes) {
      const was = before && !before.gone ? before.cards : [];
      const is = after && !after.gone ? after.cards : [];
      for (const card of was) if (!is.includes(card)) this.#link(card, entry.id, false);
      for (const card of is) if (!was.includes(card)) this.#link(card, entry.id, true);
    }
  }

  #link(card: string, idea: string, on: boolean): void {
    const entry = this.cards.entry(card);
    const others = entry.ideas.filter((one) => one !== idea);
    entry.ideas = on ? [...others, idea] : others;
  }

  /** Keeps the values of a collection, parsed once each; what changed is read anew, and only that. */
  #watch<T>(of: ValueCollection<T>, take: (all: readonly T[]) => void): void {
    const root = rootOf(this.#doc, of);
    const values = new Map<string, T>();
    root.observe((event) => {
      for (const key of event.keysChanged as ReadonlySet<string>) {
        const value = parseValue(of, root.get(key));
        if (value === null) values.delete(key);
        else values.set(key, value);
      }
      take([...values.values()]);
    });
  }
}

/** The fields that place a phase, a step or a lane in the frame; all others may change without it. */
const frameFields = ['gone', 'place', 'order', 'type'];

function sameFrame(a: object, b: object): boolean {
  const left = new Map<string, unknown>(Object.entries(a));
  return Object.entries(b).every(([key, item]) => !frameFields.includes(key) || left.get(key) === item);
}
