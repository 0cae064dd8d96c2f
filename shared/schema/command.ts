import type { Editor, Step, StepLabel } from './editor.ts';

/** The steps that are no commands: someone types in a text, or in the title of a head. */
export type Writing = 'write' | 'rename';

/** Something that a person does to a board: one intent, and one step of undo under its name. */
export interface Command<N extends string, Given extends readonly unknown[], Result> {
  (editor: Editor, ...given: Given): Result;
  readonly command: N;
}

/** Defines a command. `run` changes the document through the step that it is given, and through nothing else. */
export function command<const N extends string, Given extends readonly unknown[], Result>(
  name: N,
  run: (step: Step, ...given: Given) => Result,
): Command<N, Given, Result> {
  return Object.assign((editor: Editor, ...given: Given) => run(new NamedStep(editor, name), ...given), {
    command: name,
  });
}

/** The label of typing in one text of one record. */
export function writingLabel(
  collection: string,
  id: string,
  field: string,
  as: Writing = 'write',
): StepLabel {
  return labelOf(as, `${collection}/${id}/${field}`);
}

/** The label of a command that is run outside of it, as when a record that was left empty is removed. */
export function labelFor({ command: name }: { readonly command: string }): StepLabel {
  return labelOf(name);
}

/** The name of the command that a label is of. */
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
