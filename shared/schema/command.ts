import type { Editor, Step, StepLabel } from './editor.ts';

/** Steps that are not commands: typing in a text, or in the title of a phase, step or lane. */
export type Writing = 'write' | 'rename';

/** An action of a person on a board: one intent, and one step of undo under its name. */
export interface Command<N extends string, Given extends readonly unknown[], Result> {
  (editor: Editor, ...given: Given): Result;
  readonly command: N;
}

/** Defines a command. `run` must change the document only through the step that it receives. */
export function command<const N extends string, Given extends readonly unknown[], Result>(
  name: N,
  run: (step: Step, ...given: Given) => Result,
): Command<N, Given, Result> {
  return Object.assign((editor: Editor, ...given: Given) => run(new NamedStep(editor, name), ...given), {
    command: name,
  });
}

/** The label for typing in one text of one record. */
export function writingLabel(
  collection: string,
  id: string,
  field: string,
  as: Writing = 'write',
): StepLabel {
  return labelOf(as, `${collection}/${id}/${field}`);
}

/** The label of a command that runs elsewhere, as when a record that was left empty is removed. */
export function labelFor({ command: name }: { readonly command: string }): StepLabel {
  return labelOf(name);
}

/** The name of the command that a label names. */
export function commandOf(label: StepLabel): string {
  return label.split(':', 1)[0] ?? '';
}

function labelOf(name: string, about?: string): StepLabel {
  return (about === undefined ? name : `${name}:${about}`) as StepLabel;
}

class NamedStep implements Step {
  readonly #editor: Editor;
  readonly #name: string;

  constructor(editor: Editor, name: string) {
    this.#editor = editor;
    this.#name = name;
  }

  get doc() {
    return this.#editor.doc;
  }

  get person() {
    return this.#editor.person;
  }

  change(edit: () => void, about?: string): void {
    this.#editor.change(labelOf(this.#name, about), edit);
  }

  changeEach<T>(things: readonly T[], edit: (thing: T) => void, prepare?: (thing: T) => void): void {
    this.#editor.changeEach(labelOf(this.#name), things, edit, prepare);
  }

  prepare(edit: () => void): void {
    this.#editor.prepare(edit);
  }

  finish(): void {
    this.#editor.finish();
  }
}
