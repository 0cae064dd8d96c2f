import * as Y from 'yjs';
import { collections } from '$shared/board/document.ts';
import type { Editor } from '$shared/commands/editor.ts';

/** Turns kept; older ones can no longer be taken back. A long workshop day is some hundreds of turns. */
const mostTurns = 200;

/** Pauses shorter than this while typing in one text belong to one turn. */
const typingPauseMs = 800;

const labelKey = 'label';

/** One thing done that can be taken back; opaque to all but the editor. */
export type Turn = object;

interface Item {
  readonly meta: Map<unknown, unknown>;
}

/**
 * The hands of the person at this screen: an editor whose changes can be taken back, theirs alone.
 * One command is one turn; typing in one text is one turn until a pause.
 */
export class UndoableEditor implements Editor {
  canUndo = $state(false);
  canRedo = $state(false);
  /** The turn that `undo` would take back. */
  last: Turn | null = $state.raw(null);

  readonly doc: Y.Doc;
  readonly person: string;
  readonly #manager: Y.UndoManager;
  #label = '';
  #changedAt = -Infinity;

  constructor(doc: Y.Doc, person: string) {
    this.doc = doc;
    this.person = person;
    const roots = Object.keys(collections).map((name) => doc.getMap(name));
    this.#manager = new Y.UndoManager(roots, {
      trackedOrigins: new Set([this]),
      // Pauses are measured here: the manager goes by the wall clock, which may be set while somebody types.
      captureTimeout: Infinity,
    });
    this.#manager.on('stack-item-added', ({ stackItem, type }) => {
      stackItem.meta.set(labelKey, this.#label);
      if (type === 'undo') this.#manager.undoStack.splice(0, this.#manager.undoStack.length - mostTurns);
      this.#refresh();
    });
    this.#manager.on('stack-item-popped', () => this.#refresh());
  }

  change(label: string, edit: () => void): void {
    // Typing is named with its text ("write:cards/id/text"): the same name again goes on with the last turn.
    const now = performance.now();
    const goesOn = label.includes(':') && label === this.#label && now - this.#changedAt < typingPauseMs;
    this.#changedAt = now;
    if (!goesOn) this.#manager.stopCapturing();
    this.#label = label;
    this.doc.transact(edit, this);
  }

  prepare(edit: () => void): void {
    this.doc.transact(edit);
  }

  /** Takes back the last own turn. Returns its label, or null when there was nothing to take back. */
  undo(): string | null {
    return this.#turn(this.#manager.undoStack, () => this.#manager.undo());
  }

  redo(): string | null {
    return this.#turn(this.#manager.redoStack, () => this.#manager.redo());
  }

  /**
   * Does without trace what ends a record that came to nothing: the turns that made it and wrote in it
   * are forgotten, so that undo goes on with real work.
   */
  discard(id: string, hide: () => void): void {
    const stack: Item[] = this.#manager.undoStack;
    while (labelOf(stack.at(-1)).includes(`/${id}/`)) stack.pop();
    this.#label = '';
    this.prepare(hide);
    this.#refresh();
  }

  close(): void {
    this.#manager.destroy();
  }

  /** What undo lays on the other stack bears the label of what it took. */
  #turn(from: readonly Item[], run: () => unknown): string | null {
    const label = labelOf(from.at(-1));
    this.#label = label;
    const taken = run();
    this.#label = '';
    this.#refresh();
    return taken ? (label.split(':')[0] ?? label) : null;
  }

  #refresh(): void {
    this.canUndo = this.#manager.undoStack.length > 0;
    this.canRedo = this.#manager.redoStack.length > 0;
    this.last = this.#manager.undoStack.at(-1) ?? null;
  }
}

function labelOf(item: Item | undefined): string {
  const label = item?.meta.get(labelKey);
  return typeof label === 'string' ? label : '';
}
