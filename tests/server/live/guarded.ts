import * as Y from 'yjs';
import { board as boardDocument } from '../../../shared/documents.ts';
import type { DocumentDefinition } from '../../../shared/schema/document.ts';
import { openDocument } from '../../../shared/schema/document.ts';
import { PlainEditor } from '../../../shared/schema/editor.ts';
import type { Refusal } from '../../../shared/wire/protocol.ts';
import type { Role } from '../../../shared/roles.ts';
import { Guard } from '../../../server/live/guard/guard.ts';
import type { Policy } from '../../../server/live/guard/policy.ts';

/** A document with a guard, and people who write to it without a network. */
export class Guarded {
  readonly doc = new Y.Doc();
  readonly definition: DocumentDefinition;
  readonly guard: Guard;
  policy: Policy | null = null;
  readonly #people: Person[] = [];

  constructor(definition: DocumentDefinition = boardDocument) {
    this.definition = definition;
    this.guard = new Guard(this.doc, new Map(), definition);
    openDocument(this.doc, definition);
    this.doc.on('update', (update: Uint8Array) => {
      for (const person of this.#people) person.hear(update);
    });
  }

  person(id: string, role: Role = 'participant'): Person {
    const person = new Person(this, id, role);
    person.hear(Y.encodeStateAsUpdate(this.doc));
    this.#people.push(person);
    return person;
  }

  /** The server itself writes. */
  writes(edit: (doc: Y.Doc) => void): void {
    this.doc.transact(() => edit(this.doc));
    this.guard.changedByServer();
  }

  /** The guard's verdict; accepted updates are applied and passed to all. */
  take(update: Uint8Array, membership: { person: string; role: Role }): Refusal | 'pass' {
    const before = Y.encodeStateAsUpdate(this.doc);
    const roots = [...this.doc.share.keys()].join();
    const verdict = this.guard.judge(update, membership, { isFull: false, policy: this.policy });
    if (
      Buffer.compare(before, Y.encodeStateAsUpdate(this.doc)) !== 0 ||
      roots !== [...this.doc.share.keys()].join()
    ) {
      throw new Error('the guard touched the document');
    }
    this.#needWhole('the guard gave the document something to wait for');
    if (verdict.kind === 'refuse') return verdict.reason;
    Y.applyUpdate(this.doc, update);
    this.#needWhole('what passed left a gap');
    return 'pass';
  }

  #needWhole(fault: string): void {
    const { pendingStructs, pendingDs } = this.doc.store;
    if (pendingStructs ?? pendingDs) throw new Error(fault);
  }
}

/** A person with a separate copy of the document, who sends edits on request. */
export class Person {
  readonly doc = new Y.Doc();
  readonly editor: PlainEditor;
  readonly id: string;
  readonly role: Role;
  readonly #at: Guarded;
  #unsent: Uint8Array[] = [];

  constructor(at: Guarded, id: string, role: Role) {
    this.#at = at;
    this.id = id;
    this.role = role;
    this.editor = new PlainEditor(this.doc, id);
    openDocument(this.doc, at.definition);
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== 'server') this.#unsent.push(update);
    });
  }

  hear(update: Uint8Array): void {
    Y.applyUpdate(this.doc, update, 'server');
  }

  /** Sends everything since the last time as one update. */
  say(): Refusal | 'pass' {
    return this.send(Y.mergeUpdates(this.#unsent.splice(0)));
  }

  get membership(): { person: string; role: Role } {
    return { person: this.id, role: this.role };
  }

  send(update: Uint8Array): Refusal | 'pass' {
    return this.#at.take(update, this.membership);
  }

  /** Makes an edit in one transaction and sends it. */
  does(edit: (doc: Y.Doc) => void): Refusal | 'pass' {
    this.doc.transact(() => edit(this.doc));
    return this.say();
  }
}
