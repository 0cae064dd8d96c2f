import * as Y from 'yjs';
import type { Content } from './content.ts';
import type { Id, Item, Struct } from './structs.ts';
import type { Position } from './positions.ts';
import { isSame } from './positions.ts';

/** Bytes of a struct without its content when another is split: mostly its neighbours. */
const pieceBytes = 16;
/** Bytes of a deleted range: its start and length. */
const rangeBytes = 4;
/** Bytes of a client id in a document: in its list of structs, its state vector and its deleted ranges. */
export const clientBytes = 20;

/**
 * Estimates how much an update permanently enlarges the encoded document. The frame's length is a bad estimate: of a
 * letter typed after another only the letter remains, and a new value replaces the old one. Where an exact figure is
 * expensive, the estimate is too high rather than too low.
 */
export class Growth {
  /** Bytes of structs and deleted ranges, which stay whatever their content. */
  #kept = 0;
  /** Bytes of content added, minus bytes removed. */
  #content = 0;

  get bytes(): number {
    return this.#kept + Math.max(0, Math.ceil(this.#content));
  }

  /** A struct that is, or will at once be, collected. */
  collected({ bytes }: Struct): void {
    this.#kept += bytes + rangeBytes;
  }

  /** An item that is placed between `left` and `right`. Its clocks from `from` on are new. */
  insert(
    part: Struct,
    item: Item,
    from: number,
    leftId: Id | null,
    left: Position | null,
    right: Position | null,
  ): void {
    this.#content += item.contentBytes * ((part.end - from) / part.length);
    if (item.content.kind === 'deleted') this.#kept += rangeBytes;
    if (!isMerged(part, item, from, leftId, left)) this.#kept += part.bytes - item.contentBytes;
    const cutsLeft = left !== null && leftId !== null && leftId.clock + 1 < left.end;
    const cutsRight = right !== null && item.right !== null && item.right.clock > right.clock;
    // Between two characters of one struct there is only one split.
    const isOneCut =
      cutsLeft && cutsRight && left.clock === right.clock && leftId.client === item.right.client;
    this.#kept += ((cutsLeft ? 1 : 0) + (cutsRight && !isOneCut ? 1 : 0)) * pieceBytes;
  }

  /**
   * Existing content is deleted, from one clock up to another. `before` and `after`: the structs of the same client
   * directly before and after it.
   */
  remove(
    from: number,
    to: number,
    stand: Position,
    content: Content,
    before: Y.AbstractStruct | undefined,
    after: Y.AbstractStruct | undefined,
  ): void {
    const first = Math.max(from, stand.clock);
    const last = Math.min(to, stand.end);
    const pieces = (first > stand.clock ? 1 : 0) + (last < stand.end ? 1 : 0);
    const isJoined =
      (first === stand.clock && before?.deleted === true) || (last === stand.end && after?.deleted === true);
    this.#kept += isJoined ? Math.max(0, pieces - 1) * pieceBytes : pieces * pieceBytes + rangeBytes;
    const { part } = stand;
    this.#content -= part?.item
      ? part.item.contentBytes * ((last - first) / part.length)
      : contentBytes(content, first - stand.clock, last - stand.clock);
  }
}

/**
 * True if Yjs merges a new item with the previous struct of the same client: text that continues it, or a value that
 * overwrites a value which itself overwrote one.
 */
function isMerged(part: Struct, item: Item, from: number, leftId: Id | null, left: Position | null): boolean {
  if (part.clock < from) return true;
  if (!left || leftId?.client !== part.run.client || leftId.clock !== from - 1) return false;
  const { content } = item;
  if (left.part?.item) {
    return (
      content.kind === left.part.item.content.kind &&
      content.kind !== 'values' &&
      isSame(left.part.item.right, item.right)
    );
  }
  const before = left.item;
  if (!before || before.deleted) return false;
  if (content.kind === 'string')
    return before.content instanceof Y.ContentString && isSame(before.rightOrigin, item.right);
  const past = before.left;
  return content.kind === 'values' && past !== null && past.deleted && isSame(past.lastId, idBefore(before));
}

function idBefore({ id }: Y.Item): Id {
  return { client: id.client, clock: id.clock - 1 };
}

/** Size of a part of stored content in an update, or slightly less. */
function contentBytes(content: Content, from: number, to: number): number {
  if (content.kind === 'string') return to - from;
  if (content.kind !== 'values') return 0;
  let bytes = 0;
  for (let i = from; i < to; i++) bytes += valueBytes(content.values[i]);
  return bytes;
}

function valueBytes(value: unknown): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value === 'number') return 2;
  if (typeof value !== 'object' || value === null) return 1;
  let bytes = 2;
  const inner = value as Readonly<Record<string, unknown>>;
  for (const key in inner) bytes += key.length + 1 + valueBytes(inner[key]);
  return bytes;
}
