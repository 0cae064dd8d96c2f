import { board } from '$shared/documents.ts';
import type { DocumentDefinition } from '$shared/schema/document.ts';
import type * as Y from 'yjs';
import type { Collection } from '$shared/schema/collection.ts';
import type { StepLabel } from '$shared/schema/editor.ts';
import { commandOf, labelFor } from '$shared/schema/command.ts';
import type { Editor } from '$shared/schema/editor.ts';
import { inParts, setGone } from '$shared/schema/editor.ts';
import { Slices } from './slices.ts';
import type { Piece } from './undo-recorder.ts';
import { countLeft, countOf, joined, UndoRecorder } from './undo-recorder.ts';

/** Steps kept. Older ones cannot be undone. A long workshop day has some hundreds of steps. */
const mostSteps = 200;

/** Typing in one text with pauses shorter than this is one step. */
const typingPauseMs = 800;

/** One action that can be undone. Opaque outside the editor. */
export type UndoStep = object;

/** The outcome of undoing or redoing a step. */
export interface Taken {
  /** The name of the command. */
  readonly command: string;
  /** How many places the step had changed: fields, members, values and texts. */
  readonly all: number;
  /** How many of them stay, because others have changed them or removed the record. */
  readonly left: number;
}

/** One transaction, or several of a large command, in order. */
interface Step {
  readonly label: StepLabel;
  pieces: readonly Piece[];
}

/**
 * The editor of the person at this screen. It can undo their changes, and no others. One command is one step. Typing in
 * one text is one step until a pause. Undo takes back one step at a time. Places that others have changed since stay as
 * they are. If that is the whole step, the step is dropped and nothing changes.
 */
export class UndoableEditor implements Editor {
  canUndo = $state(false);
  canRedo = $state(false);
  /** The step that `undo` would undo. */
  last: UndoStep | null = $state.raw(null);

  readonly doc: Y.Doc;
  readonly person: string;
  readonly #recorder: UndoRecorder;
  /** A large command, or its undo, that is under way. The next action finishes it first. */
  readonly #slices = new Slices();
  readonly #done: Step[] = [];
  readonly #undone: Step[] = [];
  /** The step that the next change with the same label extends, and the time of its last change. */
  #typing: { readonly step: Step; readonly at: number } | null = null;

  constructor(doc: Y.Doc, person: string, definition: DocumentDefinition = board) {
    this.doc = doc;
    this.person = person;
    this.#recorder = new UndoRecorder(doc, this, definition);
  }

  finish(): void {
    this.#slices.finish();
  }

  change(label: StepLabel, edit: () => void): void {
    this.#slices.finish();
    const typing = this.#typing;
    // The label of typing names the text ("write:cards/id/text"). The same label again extends the last step.
    const goesOn = typing?.step.label === label && performance.now() - typing.at < typingPauseMs;
    const piece = this.#recorder.record(edit);
    if (!piece) return;
    const step: Step = goesOn ? typing.step : { label, pieces: [] };
    this.#add(step, piece);
    const isThere = this.#done.at(-1) === step;
    this.#typing = isThere && label.includes(':') ? { step, at: performance.now() } : null;
  }

  changeEach<T>(
    label: StepLabel,
    things: readonly T[],
    edit: (thing: T) => void,
    prepare?: (thing: T) => void,
  ): void {
    this.#slices.finish();
    this.#typing = null;
    const step: Step = { label, pieces: [] };
    const change = (part: () => void) => {
      const piece = this.#recorder.record(part);
      if (piece) this.#add(step, piece);
    };
    void this.#slices.run(inParts(this, things, change, edit, prepare));
  }

  prepare(edit: () => void): void {
    this.doc.transact(edit);
  }

  /** Undoes the person's last step. Resolves to its outcome, or to null if there was no step. */
  undo(): Promise<Taken | null> {
    return this.#takeBack(this.#done, this.#undone);
  }

  redo(): Promise<Taken | null> {
    return this.#takeBack(this.#undone, this.#done);
  }

  /** Ends the current step of typing: what is typed next is a step of its own. Returns the last step. */
  pauseTyping(): UndoStep | null {
    this.#typing = null;
    return this.last;
  }

  /** Undoes what this person typed in one text since a step. What others typed there stays. */
  undoTyping(label: StepLabel, since: UndoStep | null): void {
    const first = this.#done.findLastIndex((step) => step === since || step.label !== label) + 1;
    // A step of typing is one piece, so that it is undone at once.
    for (let steps = this.#done.length - first; steps > 0; steps--) void this.undo();
  }

  /** Resolves when no large command is under way. */
  settled(): Promise<void> {
    return this.#slices.settled();
  }

  /**
   * Ends a record that was left empty. A record that was just created disappears without a trace: the steps that
   * created it and wrote in it are forgotten, so that undo continues with real work. An older record is removed by a
   * step of `removing`.
   */
  discard(of: Collection, id: string, removing: { readonly command: string }): void {
    this.#slices.finish();
    const since = this.#done.findLastIndex((step) => !step.label.includes(`/${id}/`)) + 1;
    const isNew = this.#done.slice(since).some((step) => step.label.startsWith('add-'));
    const hide = () => setGone(this, of, id, true);
    if (!isNew) return this.change(labelFor(removing), hide);
    this.#done.splice(since);
    const about = this.#undone.findIndex((step) => step.label.includes(`/${id}/`));
    if (about >= 0) this.#undone.splice(about);
    this.#typing = null;
    this.prepare(hide);
    this.#refresh();
    this.#forget();
  }

  close(): void {
    this.#slices.finish();
    this.#recorder.close();
  }

  #add(step: Step, piece: Piece): void {
    this.#undone.length = 0;
    if (step.pieces.length === 0) {
      this.#done.push(step);
      this.#done.splice(0, this.#done.length - mostSteps);
    }
    step.pieces = step.label.includes(':') ? joined(step.pieces, piece) : [...step.pieces, piece];
    // Text typed and deleted again without a pause is no step.
    if (step.pieces.length === 0) this.#done.pop();
    this.#refresh();
  }

  async #takeBack(from: Step[], to: Step[]): Promise<Taken | null> {
    this.#slices.finish();
    this.#typing = null;
    const step = from.pop();
    if (!step) return null;
    const taken = { command: commandOf(step.label), all: 0, left: 0 };
    await this.#slices.run(this.#pieces(step, to, taken));
    return taken;
  }

  /** Undoes a step piece by piece, last one first. The result is a step of the other stack. */
  *#pieces({ label, pieces }: Step, to: Step[], sum: { all: number; left: number }): Generator<undefined> {
    const back: Step = { label, pieces: [] };
    for (const [index, piece] of pieces.toReversed().entries()) {
      if (index > 0) yield;
      const taken = this.#recorder.takeBack(piece);
      sum.all += countOf(piece);
      sum.left += countLeft(piece, taken);
      if (taken) {
        if (back.pieces.length === 0) to.push(back);
        back.pieces = [...back.pieces, taken];
      }
      this.#refresh();
    }
    this.#forget();
  }

  /** Without steps, the changes of others do not matter. */
  #forget(): void {
    if (this.#done.length === 0 && this.#undone.length === 0) this.#recorder.forget();
  }

  #refresh(): void {
    this.canUndo = this.#done.length > 0;
    this.canRedo = this.#undone.length > 0;
    this.last = this.#done.at(-1) ?? null;
  }
}
