import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import * as Y from 'yjs';
import type { StoredDocument } from '../../server/store/contract.ts';
import type { DiskStoreOptions } from '../../server/store/disk/disk-store.ts';
import { openDiskStore } from '../../server/store/disk/disk-store.ts';

/** A person who writes in a document: each note is one update, as a server gets it. */
export class Writer {
  readonly #doc = new Y.Doc();

  write(note: string, text: string): Uint8Array {
    const before = Y.encodeStateVector(this.#doc);
    this.#doc.getMap('notes').set(note, text);
    return Y.encodeStateAsUpdate(this.#doc, before);
  }

  /** The Yjs client id of the person's page. */
  get client(): number {
    return this.#doc.clientID;
  }

  get state(): Uint8Array {
    return Y.encodeStateAsUpdate(this.#doc);
  }
}

/** The notes of a stored document, as read by a person who opens it. */
export function notes(stored: Pick<StoredDocument, 'snapshot' | 'updates'>): Record<string, unknown> {
  const doc = new Y.Doc();
  if (stored.snapshot) Y.applyUpdate(doc, stored.snapshot);
  for (const update of stored.updates) Y.applyUpdate(doc, update);
  return doc.getMap('notes').toJSON();
}

/** A folder that is removed after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'resa-store-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly fields: Record<string, unknown>;
  readonly message: string;
}

/** Records the store's log, and lets a test wait for a line. */
export class Journalist {
  readonly lines: LogLine[] = [];
  #waiting: { readonly part: string; readonly resolve: () => void }[] = [];

  readonly log = {
    info: (fields: Record<string, unknown>, message: string) =>
      this.#note({ level: 'info', fields, message }),
    warn: (fields: Record<string, unknown>, message: string) =>
      this.#note({ level: 'warn', fields, message }),
    error: (fields: Record<string, unknown>, message: string) =>
      this.#note({ level: 'error', fields, message }),
  };

  /** Resolves at the next line whose message contains `part`. */
  hears(part: string): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ part, resolve }));
  }

  said(part: string): boolean {
    return this.lines.some((line) => line.message.includes(part));
  }

  #note(line: LogLine): void {
    this.lines.push(line);
    for (const { part, resolve } of this.#waiting) if (line.message.includes(part)) resolve();
    this.#waiting = this.#waiting.filter(({ part }) => !line.message.includes(part));
  }
}

/** Opens a disk store that is closed after the test. */
export async function openStore(folder: string, more: Partial<DiskStoreOptions> = {}) {
  const journalist = new Journalist();
  const store = await openDiskStore({ folder, log: journalist.log, probeAfterMs: 5, ...more });
  onTestFinished(() => store.close());
  return { store, journalist };
}
