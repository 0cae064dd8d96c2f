import * as Y from 'yjs';
import type { Collection, NewRecord } from './collection.ts';
import { buildRecord } from './collection.ts';
import { isEqual } from './equal.ts';
import { rootOf, storedRecord } from './read.ts';
import type { Field } from './field.ts';
import { newId } from '../id.ts';

declare const isLabel: unique symbol;

/**
 * The label of an undo step: the name of a command, and after a colon what it is about ("write:cards/<id>/text"). Only
 * `command.ts` makes labels, so that each has the name of a declared command.
 */
export type StepLabel = string & { readonly [isLabel]: true };

/**
 * Write access to a board on behalf of a person. A command is one intent and one step of undo: one transaction through
 * `change`, or several through `changeEach`. `prepare` is for changes that undo must leave alone.
 */
export interface Editor {
  readonly doc: Y.Doc;
  /** The id of the acting person, who becomes the author of records they add. */
  readonly person: string;
  /** Runs one intent. `label` names it for undo: "move-card", with its subject after a colon. */
  change(label: StepLabel, edit: () => void): void;
  /**
   * Runs one intent over many things. The editor sends it in parts, each a transaction small enough for every server,
   * and may let time pass between parts. So `edit` sees the document of that moment, with others' changes. `prepare`
   * runs first for the things of a part, and undo leaves its changes alone.
   */
  changeEach<T>(
    label: StepLabel,
    things: readonly T[],
    edit: (thing: T) => void,
    prepare?: (thing: T) => void,
  ): void;
  prepare(edit: () => void): void;
  /** Finishes a large command that is under way. A command that reads the document calls this first. */
  finish(): void;
}

/** The editor as a command sees it: each change carries the command's name. */
export interface Step extends Pick<Editor, 'doc' | 'person' | 'prepare' | 'finish'> {
  /** As `Editor.change`. @param about the subject of the step, if the next step may extend it */
  change(edit: () => void, about?: string): void;
  /** As `Editor.changeEach`. */
  changeEach<T>(things: readonly T[], edit: (thing: T) => void, prepare?: (thing: T) => void): void;
}

/**
 * Bounds of one part of a large command: things, and Yjs clocks, of which each character takes one. 200 moves cost the
 * server 2 ms, and take the page about one frame of the screen. 32,768 characters are at most 100 KB.
 */
const mostThings = 200;
const mostClocks = 1 << 15;

/** Runs the transactions of a `changeEach`. Yields between parts. */
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

/** An editor without undo, for the server, templates and tests. */
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
    // This editor runs all parts at once, so none are left to finish.
  }
}

/**
 * Adds a record. Creates it hidden, outside of undo, and then shows it, inside of undo. So undo only flips a flag.
 * Undoing the creation itself would discard what others wrote into the record in the meantime.
 * @param beside runs in the hidden transaction, for changes around the record that undo must leave alone
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

/** An object that can read and set fields of a document: an editor, or a step of one. */
export interface Writable {
  readonly doc: Y.Doc;
}

/** Sets a plain field if it differs. Setting the same value would still make an update. */
export function setField({ doc }: Writable, of: Collection, id: string, field: string, next: unknown): void {
  const record = storedRecord(doc, of, id);
  if (!record) return;
  const fallback = of.fields[field];
  const now = record.get(field) ?? (fallback?.kind === 'value' ? fallback.fallback : undefined);
  if (!isEqual(now, next)) record.set(field, next);
}

/** Adds a member to a set field, or removes it. */
export function setMember(
  { doc }: Writable,
  of: Collection,
  id: string,
  field: string,
  member: string,
  on: boolean,
): void {
  const record = storedRecord(doc, of, id);
  // Another program may have created the record without the set.
  if (record && on && !record.has(field)) record.set(field, new Y.Map());
  const members = record?.get(field);
  if (!(members instanceof Y.Map) || members.has(member) === on) return;
  if (on) members.set(member, true);
  else members.delete(member);
}

/** Removes a record, or restores it. Its content stays. */
export function setGone(writable: Writable, of: Collection, id: string, gone: boolean): void {
  setField(writable, of, id, 'gone', gone);
}
