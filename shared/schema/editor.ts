import * as Y from 'yjs';
import type { Collection, NewRecord } from './collection.ts';
import { buildRecord } from './collection.ts';
import { isEqual } from './equal.ts';
import { rootOf, storedRecord } from './read.ts';
import type { Field } from './field.ts';
import { newId } from '../id.ts';

declare const isLabel: unique symbol;

/**
 * Names a step of undo: the name of a command, and after a colon what it is about ("write:cards/<id>/text"). Only
 * `command.ts` makes labels, so that each has a name that a command declares.
 */
export type StepLabel = string & { readonly [isLabel]: true };

/**
 * Write access to a board on behalf of a person. A command is one intent and one step of undo: one transaction
 * through `change`, or several through `changeEach`. `prepare` is for what undo must leave alone.
 */
export interface Editor {
  readonly doc: Y.Doc;
  /** The id of the person who acts; it becomes the author of what they add. */
  readonly person: string;
  /** Runs one intent. `label` names it for undo: "move-card", with what it is about after a colon. */
  change(label: StepLabel, edit: () => void): void;
  /**
   * Runs one intent over many things. It is sent in parts, each a transaction that no server refuses for its
   * size, and an editor may let time pass between them: `edit` finds the document as it is then, with what
   * others have done meanwhile. `prepare` runs for the things of a part before, and undo leaves it alone.
   */
  changeEach<T>(
    label: StepLabel,
    things: readonly T[],
    edit: (thing: T) => void,
    prepare?: (thing: T) => void,
  ): void;
  prepare(edit: () => void): void;
  /** Finishes a large command that is under way. A command that reads the document first calls it before. */
  finish(): void;
}

/** The editor as a command has it: each change carries the command's name. */
export interface Step extends Pick<Editor, 'doc' | 'person' | 'prepare' | 'finish'> {
  /** As `Editor.change`. @param about what the step is about, for a step that the next one may go on with */
  change(edit: () => void, about?: string): void;
  /** As `Editor.changeEach`. */
  changeEach<T>(things: readonly T[], edit: (thing: T) => void, prepare?: (thing: T) => void): void;
}

/**
 * What one part of a large command holds at most: things, and clocks of Yjs, of which each character takes one.
 * 200 moves cost the server 2 ms, and take the page about as long as a frame of the screen lasts. 32,768
 * characters are 100 KB at most.
 */
const mostThings = 200;
const mostClocks = 1 << 15;

/** The transactions of a `changeEach`; yields between two parts. */
export function* inParts<T>(
  editor: Editor,
  things: readonly T[],
  change: (edit: () => void) => void,
  edit: (thing: T) => void,
  preparing?: (thing: T) => void,
): Generator<undefined> {
  const { doc } = editor;
  const clock = () => Y.getState(doc.store, doc.clientID);
  for (let from = 0, to = 0; to < things.length; from = to) {
    const write = (each: (thing: T) => void) => {
      const full = clock() + mostClocks;
      for (const thing of things.slice(from, from + mostThings)) {
        if (clock() >= full) break;
        each(thing);
        to++;
      }
    };
    if (preparing) {
      editor.prepare(() => write(preparing));
      change(() => things.slice(from, to).forEach(edit));
    } else change(() => write(edit));
    if (to < things.length) yield;
  }
}

/** An editor without undo: the server's own, a template's, a test's. */
export class PlainEditor implements Editor {
  readonly doc: Y.Doc;
  readonly person: string;

  constructor(doc: Y.Doc, person: string) {
    this.doc = doc;
    this.person = person;
  }

  change(_label: StepLabel, edit: () => void): void {
    this.doc.transact(edit, this);
  }

  changeEach<T>(
    label: StepLabel,
    things: readonly T[],
    edit: (thing: T) => void,
    prepare?: (thing: T) => void,
  ): void {
    const parts = inParts(this, things, (part) => this.change(label, part), edit, prepare);
    while (!parts.next().done);
  }

  prepare(edit: () => void): void {
    this.doc.transact(edit);
  }

  finish(): void {
    // Nothing goes on in parts here.
  }
}

/**
 * Adds a record. It is made hidden outside of undo and shown within, so that undo is the flip of a
 * flag: taking back the making itself would throw away what others wrote into it meanwhile.
 * @param beside runs in the hidden transaction: what the record needs around it, and undo leaves alone
 */
export function addRecord<F extends Record<string, Field>>(
  step: Step,
  of: Collection<F>,
  fields: NewRecord<F>,
  beside: () => void = () => {},
): string {
  const id = newId();
  const record = buildRecord(of, fields, true);
  step.prepare(() => {
    rootOf(step.doc, of).set(id, record);
    beside();
  });
  step.change(() => record.set('gone', false), `${of.name}/${id}/`);
  return id;
}

/** Adds many records as one step. Returns their ids. */
export function addRecords<F extends Record<string, Field>>(
  step: Step,
  of: Collection<F>,
  all: readonly NewRecord<F>[],
): string[] {
  const root = rootOf(step.doc, of);
  const made = all.map((fields) => ({ id: newId(), fields }));
  step.changeEach(
    made,
    ({ id }) => setGone(step, of, id, false),
    ({ id, fields }) => root.set(id, buildRecord(of, fields, true)),
  );
  return made.map(({ id }) => id);
}

/** What reads and sets fields of a document: an editor, or a step of one. */
export interface Writable {
  readonly doc: Y.Doc;
}

/** Sets a plain field where it differs: setting it to what it is would make an update all the same. */
export function setField({ doc }: Writable, of: Collection, id: string, field: string, next: unknown): void {
  const record = storedRecord(doc, of, id);
  if (!record) return;
  const fallback = of.fields[field];
  const now = record.get(field) ?? (fallback?.kind === 'value' ? fallback.fallback : undefined);
  if (!isEqual(now, next)) record.set(field, next);
}

/** Puts a member into a set field, or takes it out. */
export function setMember(
  { doc }: Writable,
  of: Collection,
  id: string,
  field: string,
  member: string,
  on: boolean,
): void {
  const record = storedRecord(doc, of, id);
  // A record that another program made without the set is given one.
  if (record && on && !record.has(field)) record.set(field, new Y.Map());
  const members = record?.get(field);
  if (!(members instanceof Y.Map) || members.has(member) === on) return;
  if (on) members.set(member, true);
  else members.delete(member);
}

/** Removes a record, or brings it back: what it holds stays. */
export function setGone(writable: Writable, of: Collection, id: string, gone: boolean): void {
  setField(writable, of, id, 'gone', gone);
}
