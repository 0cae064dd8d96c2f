import type { Checkpoint, JournalEntry, StoredDocument } from '../../../server/store/contract.ts';
import { MemoryStore as PlainStore } from '../memory-store.ts';

/** A store in memory whose disk a test can stop, slow down and break. */
export class MemoryStore extends PlainStore {
  loads = 0;
  checkpoints = 0;
  /** All that was appended, oldest first. */
  readonly journal: JournalEntry[] = [];
  #gate: Promise<void> | null = null;
  #open: (() => void) | null = null;
  #broken: Error | null = null;

  addBoard(id: string, title = 'A day with Lövtåg'): void {
    this.records.set(id, {
      id,
      title,
      template: 'project',
      language: 'en',
      start: 'map',
      createdAt: 0,
      links: [],
      generation: 1,
      frozen: false,
    });
  }

  /** Makes everything wait until `release`. */
  hold(): void {
    this.#gate = new Promise((resolve) => (this.#open = resolve));
  }

  release(): void {
    this.#open?.();
    this.#gate = null;
  }

  /** Makes the writes that come next, and those that wait, fail, though `failure` says nothing yet; null mends the disk. */
  override break(error: Error | null = new Error('no space left')): void {
    this.#broken = error;
  }

  /** Whether the store says that it fell back to an earlier state. */
  isBehind = false;

  override async load(room: string): Promise<StoredDocument> {
    this.loads++;
    return { ...(await super.load(room)), isBehind: this.isBehind };
  }

  override async append(entry: JournalEntry): Promise<number> {
    const update = entry.update.slice();
    const sequence = await super.append(entry);
    this.journal.push({ ...entry, update });
    return sequence;
  }

  override async checkpoint(room: string): Promise<Checkpoint | null> {
    const point = await super.checkpoint(room);
    this.checkpoints++;
    return point;
  }

  /** The disk fails as a whole, and says so; null mends it. */
  fail(error: Error | null): void {
    this.break(error);
    this.failure = error;
  }

  protected override async reach(): Promise<void> {
    await super.reach();
    await this.#gate;
  }

  protected override async write(): Promise<void> {
    await super.write();
    if (this.#broken) throw this.#broken;
  }
}
