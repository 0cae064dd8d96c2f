import * as Y from 'yjs';
import { collections } from '$shared/board/document.ts';
import type { Editor } from '$shared/commands/editor.ts';

/** Steps kept; older ones can no longer be taken back. A long workshop day is some hundreds of steps. */
const mostSteps = 200;

/** Pauses shorter than this while typing in one text belong to one step. */
const typingPauseMs = 800;

/** The marks of an undo step. */
const labelKey = 'label';

/**
 * The hands of the person at this screen: an editor whose changes can be taken back, theirs alone.
 * One command is one step; typing in one text is one step until a pause.
 */
export class UndoableEditor implements Editor {
  canUndo = $state(false);
  canRedo = $state(false);

  readonly doc: Y.Doc;
  readonly person: string;
  readonly #manager: Y.UndoManager;
  #label = '';

  constructor(doc: Y.Doc, person: string) {
    this.doc = doc;
    this.person = person;
    const roots = Object.keys(collections).map((name) => doc.getMap(name));
    this.#manager = new Y.UndoManager(roots, {
      trackedOrigins: new Set([this]),
      captureTimeout: typingPauseMs,
    });
    this.#manager.on('stack-item-added', ({ stackItem, type }) => {
      if (!stackItem.meta.has(labelKey)) stackItem.meta.set(labelKey, this.#label);
      if (type === 'undo') this.#manager.undoStack.splice(0, this.#manager.undoStack.length - mostSteps);
      this.#refresh();
    });
    this.#manager.on('stack-item-popped', () => this.#refresh());
    this.#manager.on('stack-cleared', () => this.#refresh());
  }

  change(label: string, edit: () => void): void {
    // A label with a colon is typing in that text ("write:cards/id/text"): it goes on with the last step.
    const goesOn = label.includes(':') && label === this.#label;
    if (!goesOn) this.#manager.stopCapturing();
    this.#label = label;
    this.doc.transact(edit, this);
  }

  prepare(edit: () => void): void {
    this.doc.transact(edit);
  }

  /** Takes back the last own step. Returns its label, or null when there was nothing to take back. */
  undo(): string | null {
    return this.#step(() => this.#manager.undo());
  }

  redo(): string | null {
    return this.#step(() => this.#manager.redo());
  }

  close(): void {
    this.#manager.destroy();
  }

  #step(run: () => unknown): string | null {
    // The step that undo or redo lays on the other stack bears the label of the one taken.
    const stack = run;
    const { undoStack, redoStack } = this.#manager;
    const before = [undoStack.at(-1), redoStack.at(-1)];
    const taken = stack();
    this.#refresh();
    if (!taken || typeof taken !== 'object' || !('meta' in taken)) return null;
    const { meta } = taken as { meta: Map<unknown, unknown> };
    const label = meta.get(labelKey);
    for (const item of [undoStack.at(-1), redoStack.at(-1)]) {
      if (item && !before.includes(item)) item.meta.set(labelKey, label);
    }
    this.#label = '';
    return typeof label === 'string' ? (label.split(':')[0] ?? label) : '';
  }

  #refresh(): void {
    this.canUndo = this.#manager.undoStack.length > 0;
    this.canRedo = this.#manager.redoStack.length > 0;
  }
}
