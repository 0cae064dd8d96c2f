import * as Y from 'yjs';
import { UndoableEditor } from '../../client/model/sync/undo.svelte.ts';
import { openRoots } from '../../shared/documents.ts';

/** Several people on one board, who receive each other's edits when the test says so. */
export class Together<Name extends string> {
  readonly of: Readonly<Record<Name, UndoableEditor>>;
  readonly #waiting: { readonly to: Y.Doc; readonly update: Uint8Array }[] = [];

  constructor(names: readonly Name[]) {
    const editors = names.map((name, index) => {
      const doc = new Y.Doc();
      doc.clientID = index + 1;
      openRoots(doc);
      return [name, new UndoableEditor(doc, name)] as const;
    });
    this.of = Object.fromEntries(editors) as Record<Name, UndoableEditor>;
    for (const [name, { doc }] of editors) {
      doc.on('update', (update: Uint8Array, origin: unknown) => {
        if (origin === 'others') return;
        for (const [other, { doc: to }] of editors) if (other !== name) this.#waiting.push({ to, update });
      });
    }
  }

  /** Everybody receives what others did since the last call. */
  hear(): void {
    for (const { to, update } of this.#waiting.splice(0)) Y.applyUpdate(to, update, 'others');
  }

  close(): void {
    for (const editor of Object.values<UndoableEditor>(this.of)) editor.close();
  }
}
