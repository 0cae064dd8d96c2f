import type { StoredDocument } from '../../store/contract.ts';
import { FullState } from './full-state.ts';
import { Fullness } from './fullness.ts';
import type { CompactionOptions } from './compaction.ts';
import { Compaction } from './compaction.ts';
import { unmergedShare, unmergedTimes } from '../limits.ts';

/** What is on disk of a room's document, as the room knows it, and what is to be done about it. */
export class Stored {
  readonly full: FullState;
  /** Of the board; rises when it is put back to an old version. */
  readonly generation: number;
  readonly fullness: Fullness;
  readonly compaction: Compaction;
  /** What the document has grown by that is not on disk yet. */
  #uncommitted = 0;
  readonly #unmergedBytes: number;
  readonly #mostBytes: number;
  readonly #tell: (percent: number) => void;

  /** `tell`: called with how full the document is, in percent, where that is news for people. */
  constructor(
    room: string,
    stored: StoredDocument,
    generation: number,
    context: CompactionOptions & { readonly maxDocumentBytes: number },
    tell: (percent: number) => void,
  ) {
    this.full = new FullState(stored);
    this.generation = generation;
    this.fullness = new Fullness(context.maxDocumentBytes);
    this.#unmergedBytes = context.maxDocumentBytes * unmergedShare;
    this.#mostBytes = context.maxDocumentBytes * unmergedTimes;
    this.#tell = tell;
    this.compaction = new Compaction(room, this.full, context, () => this.#weigh());
    if (this.full.bytesSince <= this.#unmergedBytes) this.fullness.note(this.full.bytes);
  }

  /** Whether nothing more fits, of the share of the document that somebody may fill. */
  isFull(share: number): boolean {
    const isFull =
      this.fullness.isReached ||
      this.full.bytes >= this.#mostBytes ||
      (share < 1 && this.fullness.fills(share));
    // What is not merged looks larger than it is, and where all is refused nothing else has it merged.
    if (isFull) this.compaction.mergeIfDue();
    return isFull;
  }

  /** Notes that the document in memory has grown, before that is on disk. */
  grow(bytes: number): void {
    this.#uncommitted += bytes;
    this.fullness.grow(bytes);
  }

  /** Takes in an update that is on disk by now; `isEdit` where people made any of it. */
  add(update: Uint8Array, sequence: number, isEdit: boolean): void {
    this.full.add(update, sequence);
    this.#uncommitted = 0;
    this.compaction.committed(isEdit);
    this.#weigh();
  }

  /** Its size is known only when most of it is merged: until then it is merged rather than called full. */
  #weigh(): void {
    const { bytes, bytesSince } = this.full;
    if (bytesSince > this.#unmergedBytes) {
      if (this.fullness.wouldTell(bytes)) void this.compaction.checkpoint();
      return;
    }
    const percent = this.fullness.note(bytes, this.#uncommitted);
    if (percent !== null) this.#tell(percent);
  }
}
