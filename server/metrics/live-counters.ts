import { Counter, type Registry } from 'prom-client';
import type { Counters } from '../live/counters.ts';

/** One counter of the live side as metrics have it. Counters that share a name differ in one label. */
interface Row {
  readonly name: string;
  readonly help: string;
  readonly label?: readonly [name: string, value: string];
}

const frames = { name: 'resa_frames_total', help: 'Frames on sockets, by way.' };
const bytes = { name: 'resa_frame_bytes_total', help: 'Bytes of frames on sockets, by way.' };
const commits = {
  name: 'resa_commits_total',
  help: 'Batches of updates handed to the store, by what came of it.',
};
const readers = {
  name: 'resa_slow_readers_total',
  help: 'Sockets that read too slowly: sent one difference later, or cut off.',
};
const states = {
  name: 'resa_states_sent_total',
  help: 'Answers to who asked for a state: the stored one, or a difference that had to be encoded.',
};

/** All that the live side counts. That none is forgotten, the type sees to. */
const rows: Readonly<Record<Exclude<keyof Counters, 'refusals'>, Row>> = {
  framesIn: { ...frames, label: ['way', 'in'] },
  framesOut: { ...frames, label: ['way', 'out'] },
  bytesIn: { ...bytes, label: ['way', 'in'] },
  bytesOut: { ...bytes, label: ['way', 'out'] },
  pingsIn: {
    name: 'resa_pings_total',
    help: 'Pings, pongs and small fragments that came in.',
  },
  malformedFrames: {
    name: 'resa_malformed_frames_total',
    help: 'Frames that were none; each closed its socket.',
  },
  observerUpdates: {
    name: 'resa_observer_updates_total',
    help: 'Updates of observers, dropped by type.',
  },
  updates: { name: 'resa_updates_total', help: 'Updates that the guard let through.' },
  heldUpdates: {
    name: 'resa_held_updates_total',
    help: 'Updates held back until what they rest on had come.',
  },
  deferredUpdates: {
    name: 'resa_deferred_updates_total',
    help: 'Updates not taken because the document was read-only; asked for again later.',
  },
  offersHeld: {
    name: 'resa_offers_held_total',
    help: 'Offers of clients that were ahead of the document in edits of others; a copy was kept aside.',
  },
  lossesProven: {
    name: 'resa_losses_proven_total',
    help: 'Times that a client proved that the server had lost acknowledged edits of a board.',
  },
  commits: { ...commits, label: ['outcome', 'stored'] },
  failedCommits: { ...commits, label: ['outcome', 'failed'] },
  checkpoints: { name: 'resa_checkpoints_total', help: 'States merged beside the main thread.' },
  presenceFrames: { name: 'resa_presence_frames_total', help: 'Frames of presence made.' },
  presenceEchoes: {
    name: 'resa_presence_echoes_total',
    help: 'Entries of presence that said nothing new, or were not the sender’s to say.',
  },
  presenceSkipped: {
    name: 'resa_presence_skipped_total',
    help: 'Frames of presence that a slow reader was not sent.',
  },
  presenceThinned: {
    name: 'resa_presence_thinned_total',
    help: 'Ticks of presence that left some for the next one, because the room is full.',
  },
  readersBehind: { ...readers, label: ['outcome', 'resynced'] },
  slowReaders: { ...readers, label: ['outcome', 'closed'] },
  delays: {
    name: 'resa_sender_pauses_total',
    help: 'Times that a sender was not read for a while because it sent too much.',
  },
  statesSent: { ...states, label: ['kind', 'stored'] },
  differencesEncoded: { ...states, label: ['kind', 'difference'] },
};

/** Puts the counters of a tally on a registry; they are read when metrics are asked for, and cost nothing else. */
export function registerCounters(registry: Registry, counters: () => Readonly<Counters>): void {
  const keys = Object.keys(rows) as (keyof typeof rows)[];
  for (const { name, help, label } of new Map(keys.map((key) => [rows[key].name, rows[key]])).values()) {
    const own = keys.filter((key) => rows[key].name === name);
    register(registry, { name, help, ...(label && { label: label[0] }) }, () =>
      own.map((key) => [rows[key].label?.[1] ?? null, counters()[key]]),
    );
  }
  const refused = {
    name: 'resa_refused_updates_total',
    help: 'Updates that the guard refused, by reason.',
    label: 'reason',
  };
  register(registry, refused, () => Object.entries(counters().refusals));
}

function register(
  registry: Registry,
  { name, help, label }: { name: string; help: string; label?: string },
  values: () => readonly (readonly [string | null, number])[],
): void {
  new Counter({
    name,
    help,
    labelNames: label === undefined ? [] : [label],
    registers: [registry],
    collect() {
      this.reset();
      for (const [value, count] of values())
        if (label === undefined || value === null) this.inc(count);
        else this.inc({ [label]: value }, count);
    },
  });
}
