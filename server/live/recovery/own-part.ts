import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';

/** An update as Yjs decodes it. */
export type Decoded = ReturnType<typeof Y.decodeUpdate>;
type Struct = Decoded['structs'][number];
type Deletes = Decoded['ds'];

const maxRounds = 100;

/** What the selection needs to know of the document. */
export interface Ground {
  /** The next clock of a client id in the document. */
  state(client: number): number;
  /** True if a client id certainly belongs to the sender. */
  isOwn(client: number): boolean;
  /** The clock at which the selection must end, for each client id with such an end. */
  readonly end?: ReadonlyMap<number, number>;
}

/** The structs of one client id, by clock, and how many of them are taken. */
interface Run {
  readonly client: number;
  readonly structs: Struct[];
  readonly from: number;
  next: number;
  /** The clock after the last struct taken. */
  clock: number;
}

/** The part of an update that can be taken. */
export type Selection =
  | { readonly kind: 'part'; readonly update: Uint8Array }
  | { readonly kind: 'nothing' }
  /** The clocks before which it must end, because a record would come without its author. */
  | { readonly kind: 'too-long'; readonly end: ReadonlyMap<number, number> };

/**
 * Selects the part of an update that its sender wrote and that depends on nothing that the document lacks, as an update
 * of its own. The structs are the original ones, so clients that already have them converge. If the part must be cut,
 * the caller repeats the selection: one cut may require another, and each goes through the whole update.
 *
 * Deletions have no author. A deletion of a replaced value would remove the old value without the new one, so only
 * deletions of the sender's own new characters are included.
 */
export function ownPart({ structs, ds }: Decoded, ground: Ground): Selection {
  const runs = runsOf(structs, ground);
  const isThere = ({ client, clock }: Y.ID) => clock < (runs.get(client)?.clock ?? ground.state(client));
  // Honest edits of one person need a round or two. Forged ones could need thousands, so the number is limited.
  for (let moved = true, round = 0; moved && round < maxRounds; round++) {
    moved = false;
    for (const run of runs.values()) if (advance(run, isThere, ground.end?.get(run.client))) moved = true;
  }
  const unsigned = [...runs.values()].flatMap((run) => unsignedRecord(run) ?? []);
  if (unsigned.length > 0)
    return { kind: 'too-long', end: new Map(unsigned.map(({ client, clock }) => [client, clock])) };
  const taken = [...runs.values()].filter((run) => run.clock > run.from);
  return taken.length > 0 ? { kind: 'part', update: encode(taken, ds) } : { kind: 'nothing' };
}

/** True if an update has anything new under one of these client ids. */
export function bringsOf(
  update: Uint8Array,
  state: (client: number) => number,
  isOne: (client: number) => boolean,
): boolean {
  for (const [client, clock] of Y.parseUpdateMeta(update).to)
    if (clock > state(client) && isOne(client)) return true;
  return false;
}

/**
 * The earliest record that would be taken without its author field. The part ends before it, since a record and its
 * author belong together.
 */
function unsignedRecord({ client, structs, next, clock }: Run): Y.ID | null {
  let earliest: Y.ID | null = null;
  for (let i = next; i < structs.length; i++) {
    const author = structs[i];
    if (!(author instanceof Y.Item) || author.parentSub !== 'author') continue;
    const record: unknown = author.parent;
    if (!(record instanceof Y.ID) || record.client !== client || record.clock >= clock) continue;
    if (!earliest || record.clock < earliest.clock) earliest = record;
  }
  return earliest;
}

function runsOf(structs: readonly Struct[], ground: Ground): Map<number, Run> {
  const runs = new Map<number, Run>();
  for (const struct of structs) {
    const { client, clock } = struct.id;
    if (!ground.isOwn(client)) continue;
    const from = ground.state(client);
    const run = runs.get(client) ?? { client, structs: [], from, next: 0, clock: from };
    runs.set(client, run);
    if (clock + struct.length > from) run.structs.push(struct);
  }
  return runs;
}

/** Takes all structs of a run that can be taken. Returns true if there were any. */
function advance(run: Run, isThere: (id: Y.ID) => boolean, end = Infinity): boolean {
  const began = run.next;
  for (let struct = run.structs[run.next]; struct; struct = run.structs[run.next]) {
    if (struct instanceof Y.Skip || struct.id.clock > run.clock || run.clock >= end) break;
    if (struct instanceof Y.Item && !restsOn(struct).every(isThere)) break;
    run.clock = struct.id.clock + struct.length;
    run.next++;
  }
  return run.next > began;
}

function restsOn({ origin, rightOrigin, parent }: Y.Item): Y.ID[] {
  return [origin, rightOrigin, parent].filter((id) => id instanceof Y.ID);
}

function encode(runs: readonly Run[], deletes: Deletes): Uint8Array {
  const encoder = new Y.UpdateEncoderV1();
  const out = encoder.restEncoder;
  encoding.writeVarUint(out, runs.length);
  for (const { client, structs, from, next } of runs) {
    encoding.writeVarUint(out, next);
    encoder.writeClient(client);
    encoding.writeVarUint(out, from);
    for (const struct of structs.slice(0, next)) struct.write(encoder, Math.max(0, from - struct.id.clock));
  }
  const ranges = runs
    .map(({ client, structs, from, next }) => {
      const texts = structs.slice(0, next).filter(isText);
      return { client, ranges: within(deletes.clients.get(client) ?? [], texts, from) };
    })
    .filter((one) => one.ranges.length > 0);
  encoding.writeVarUint(out, ranges.length);
  for (const { client, ranges: own } of ranges) {
    encoding.writeVarUint(out, client);
    encoding.writeVarUint(out, own.length);
    for (const [clock, end] of own) {
      encoder.writeDsClock(clock);
      encoder.writeDsLen(end - clock);
    }
  }
  return encoder.toUint8Array();
}

function isText(struct: Struct): boolean {
  return struct instanceof Y.Item && struct.content instanceof Y.ContentString;
}

/** The parts of deleted ranges inside these structs, from a clock on. Both lists are in order. */
function within(
  ranges: readonly { readonly clock: number; readonly len: number }[],
  structs: readonly Struct[],
  from: number,
): [number, number][] {
  const found: [number, number][] = [];
  let at = 0;
  for (const { id, length } of structs) {
    for (let range = ranges[at]; range && range.clock < id.clock + length; range = ranges[++at]) {
      const start = Math.max(range.clock, id.clock, from);
      const end = Math.min(range.clock + range.len, id.clock + length);
      if (start < end) found.push([start, end]);
      // The range may continue in the next struct.
      if (range.clock + range.len > id.clock + length) break;
    }
  }
  return found;
}
