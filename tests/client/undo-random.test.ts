import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import type { UndoableEditor } from '../../client/model/sync/undo.svelte.ts';
import { collections } from '../../shared/documents.ts';
import { Hands } from '../convergence/hands.ts';
import { Chance, seed } from '../faults/chance.ts';
import { Together } from './undo-people.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/**
 * The state of the document: every value, member and mark by its path, as JSON. The letters of texts are separate, by
 * id.
 */
type Reading = ReadonlyMap<string, string>;

function read(doc: Y.Doc): { readonly values: Reading; readonly texts: Reading } {
  const values = new Map<string, string>();
  const texts = new Map<string, string>();
  const walk = (path: string, value: unknown) => {
    if (value instanceof Y.Map) for (const [key, inner] of value) walk(`${path}/${key}`, inner);
    else if (value instanceof Y.Text) texts.set(path, lettersOf(value));
    else values.set(path, JSON.stringify(value));
  };
  for (const name of Object.keys(collections)) walk(name, doc.getMap(name));
  return { values, texts };
}

/** Each letter with its id: a letter typed in place of an equal one is a different letter. */
function lettersOf(text: Y.Text): string {
  let letters = '';
  for (let item = text._start; item !== null; item = item.right) {
    const { client, clock } = item.id;
    if (!item.deleted) for (let i = 0; i < item.length; i++) letters += `${client}.${clock + i} `;
  }
  return letters;
}

const changedIn = (before: Reading, after: Reading) =>
  [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path));

/** A step as the test records it: what it changed, and the values before. */
interface Shadow {
  readonly before: Reading;
  readonly values: ReadonlySet<string>;
  readonly texts: ReadonlySet<string>;
  readonly at: number;
}

/** A person who makes random edits and undoes them, and checks what each press of undo changes. */
class Person {
  readonly editor: UndoableEditor;
  readonly #hands: Hands;
  #done: Shadow[] = [];
  #undone: Shadow[] = [];
  #now = 0;
  /** When others last changed each value: `#changed` is certain, `#touched` is possible. */
  readonly #changed = new Map<string, number>();
  readonly #touched = new Map<string, number>();

  constructor(editor: UndoableEditor, chance: Chance) {
    this.editor = editor;
    this.#hands = new Hands(editor, true, chance.next);
    for (const name of Object.keys(collections)) {
      editor.doc.getMap(name).observeDeep((events, { origin }) => {
        if (origin === editor || origin instanceof Y.UndoManager) return;
        for (const event of events) {
          for (const key of event.keys.keys())
            this.#touched.set([name, ...event.path, key].join('/'), this.#now);
        }
      });
    }
  }

  /** Runs edits by others, or the setup, and notes which values they change. */
  hear(act: () => void): void {
    const before = read(this.editor.doc).values;
    this.#now++;
    act();
    for (const path of changedIn(before, read(this.editor.doc).values)) this.#changed.set(path, this.#now);
  }

  act(): void {
    const last = this.editor.last;
    const before = read(this.editor.doc);
    this.#now++;
    this.#hands.act();
    if (this.editor.last === last) return;
    this.#undone = [];
    this.#done = [...this.#done, this.#shadow(before)].slice(-200);
  }

  async press(isUndo: boolean): Promise<void> {
    const from = isUndo ? this.#done : this.#undone;
    const to = isUndo ? this.#undone : this.#done;
    const step = from.pop();
    const before = read(this.editor.doc);
    this.#now++;
    const taken = await (isUndo ? this.editor.undo() : this.editor.redo());
    expect(taken === null).toBe(step === undefined);
    if (!step || !taken) return;
    const back = this.#shadow(before);
    const after = read(this.editor.doc);

    for (const path of back.values) expect(step.values).toContain(path);
    for (const path of back.texts) expect(step.texts).toContain(path);
    for (const path of step.values) {
      const [stood, stands] = [before.values.get(path), after.values.get(path)];
      if (isSince(this.#changed, path, step) || isInRemoved(path, before.values)) {
        expect(stands).toBe(stood);
        // A value that stays now was not left by an earlier step.
        this.#touched.set(path, Math.max(step.at, this.#touched.get(path) ?? 0));
      } else if (!isSince(this.#touched, path, step)) expect(stands).toBe(stoodBefore(step, path));
    }
    const own = `${this.editor.doc.clientID}.`;
    for (const [path, letters] of before.texts) {
      const others = letters.split(' ').filter((letter) => !letter.startsWith(own));
      const left = new Set(after.texts.get(path)?.split(' '));
      expect(others.filter((letter) => !left.has(letter))).toEqual([]);
    }
    const isNothing = taken.left === taken.all;
    if (isNothing) expect([...back.values, ...back.texts]).toEqual([]);
    else to.push(back);
  }

  #shadow(before: ReturnType<typeof read>): Shadow {
    const after = read(this.editor.doc);
    return {
      before: before.values,
      values: new Set(changedIn(before.values, after.values).filter((path) => !isMade(path, before.values))),
      texts: new Set(changedIn(before.texts, after.texts).filter((path) => before.texts.has(path))),
      at: this.#now,
    };
  }
}

const isSince = (times: ReadonlyMap<string, number>, path: string, step: Shadow) =>
  (times.get(path) ?? 0) > step.at;

/** A record is created as removed, which undo leaves alone, and then shown. */
const stoodBefore = ({ before }: Shadow, path: string) =>
  before.get(path) ?? (path.endsWith('/gone') ? 'true' : undefined);

const recordOf = (path: string) => path.split('/').slice(0, 2).join('/');

function isInRemoved(path: string, values: Reading): boolean {
  const gone = `${recordOf(path)}/gone`;
  return path !== gone && values.get(gone) === 'true';
}

/** Whether a value is in a record that the step created: undo then only hides the record. */
function isMade(path: string, before: Reading): boolean {
  const record = `${recordOf(path)}/`;
  if (path.endsWith('/gone') || path.split('/').length < 3) return false;
  return ![...before.keys()].some((other) => other.startsWith(record));
}

test(
  'one undo reverts one step only, and nothing that others have changed since',
  { timeout: 60_000 },
  async () => {
    const chance = new Chance(seed);
    const names = ['ana', 'ben', 'cem'] as const;
    const together = new Together(names);
    const people = names.map((name) => new Person(together.of[name], chance));
    const hear = () => {
      const all = people.reduce(
        (inner, person) => () => person.hear(inner),
        () => together.hear(),
      );
      all();
    };
    try {
      for (let turn = 0; turn < 400; turn++) {
        const person = people[chance.below(people.length)];
        const roll = chance.next();
        if (roll < 0.45) person?.act();
        else if (roll < 0.75) await person?.press(true);
        else if (roll < 0.85) await person?.press(false);
        else hear();
        // A pause: further typing is a step of its own.
        vi.advanceTimersByTime(1_000);
      }
      hear();
      const [first, ...others] = people.map(({ editor }) => read(editor.doc));
      for (const other of others) {
        expect(changedIn(first?.values ?? new Map(), other.values)).toEqual([]);
        expect(changedIn(first?.texts ?? new Map(), other.texts)).toEqual([]);
      }
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    } finally {
      together.close();
    }
  },
);
