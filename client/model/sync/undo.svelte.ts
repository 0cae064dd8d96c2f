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

/** Steps kept; older ones can no longer be taken back. A long workshop day is some hundreds of steps. */
const mostSteps = 200;

/** Pauses shorter than this while typing in one text belong to one step. */
const typingPauseMs = 800;

/** One thing done that can be taken back; opaque to all but the editor. */
export type UndoStep = object;

/** What became of a step that was to be taken back, or done again. */
export interface Taken {
  /** The name of the command. */
  readonly command: string;
  /** How many places it had changed: fields, members, values and texts. */
  readonly all: number;
  /** How many of them stay as they are, since somebody else has changed them, or has removed the record. */
  readonly left: number;
}

/** One transaction, or several of a large command, in the order made. */
interface Step {
  readonly label: StepLabel;
  pieces: readonly Piece[];
}

/**
 * The editor of the person at this screen: their changes can be taken back, and no others. One command is one
 * step; typing in one text is one step until a pause. One press takes back one step. What somebody else has
 * changed since stays as it is; where that is all of a step, the step is dropped and nothing is changed.
 */
export class UndoableEditor implements Editor {
  canUndo = $state(false);
  canRedo = $state(false);
  /** The step that `undo` would take back. */
  last: UndoStep | null = $state.raw(null);

  readonly doc: Y.Doc;
  readonly person: string;
  readonly #recorder: UndoRecorder;
  /** A large command, or its undo, that is under way. Whatever comes next finishes it first. */
  readonly #slices = new Slices();
  readonly #done: Step[] = [];
  readonly #undone: Step[] = [];
  /** The step that the next change of the same label goes on with, and when it was last changed. */
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
    // Typing is named with its text ("write:cards/id/text"): the same name again goes on with the last step.
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

  /** Takes back the last own step. Resolves to what became of it; to null when there was none. */
  undo(): Promise<Taken | null> {
    return this.#takeBack(this.#done, this.#undone);
  }

  redo(): Promise<Taken | null> {
    return this.#takeBack(this.#undone, this.#done);
  }

  /** Resolves when no large command is under way. */
  settled(): Promise<void> {
    return this.#slices.settled();
  }

  /**
   * Ends a record that was left empty. Where it was made just now, it goes without a trace: the steps that made
   * it and wrote in it are forgotten, so that undo goes on with real work. Another one is removed by a step of `removing`.
   */
  discard(of: Collection, id: string, removing: { readonly command: string }): void {
    this.#slices.finish();
    const since = this.#done.findLastIndex((step) => !step.label.includes(`/${id}/`)) + 1;
    const isNew = this.#done.slice(since).some((step) => step.label.startsWith('add-'));
    const hide = () => setGone(this, of, id, true);
    if (!isNew) return this.change(labelFor(removing), hide);
    this.#done.splice(since);
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
    // What was typed and deleted again without a pause is no step.
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

  /** Takes back a step piece by piece, the last one first. What that does is a step of the other stack. */
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

  /** While there is no step, nothing that others change matters. */
  #forget(): void {
    if (this.#done.length === 0 && this.#undone.length === 0) this.#recorder.forget();
  }

  #refresh(): void {
    this.canUndo = this.#done.length > 0;
    this.canRedo = this.#undone.length > 0;
    this.last = this.#done.at(-1) ?? null;
  }
}
