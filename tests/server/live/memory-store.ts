import type { Checkpoint, JournalEntry, StoredDocument } from '../../../server/store/contract.ts';
import { MemoryStore as PlainStore } from '../memory-store.ts';

/** A store in memory whose disk a test can stop, slow down and break. */
export class MemoryStore extends PlainStore {
  loads = 0;
  checkpoints = 0;
  /** Everything appended, oldest first. */
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

  /** Makes every operation wait until `release`. */
  hold(): void {
    this.#gate = new Promise((resolve) => (this.#open = resolve));
  }

  release(): void {
    this.#open?.();
    this.#gate = null;
  }

  /** Makes the next and the waiting writes fail, although `failure` is still null. Null repairs the disk. */
  override break(error: Error | null = new Error('no space left')): void {
    this.#broken = error;
  }

  /** True if the store says that it fell back to an earlier state. */
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

  /** Makes the whole disk fail and sets `failure`. Null repairs it. */
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
