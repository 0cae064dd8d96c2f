import { Counter, type Registry } from 'prom-client';
import type { Counters } from '../live/counters.ts';

/** A counter of the live server in the metrics. Counters with the same name differ in one label. */
interface Row {
  readonly name: string;
  readonly help: string;
  readonly label?: readonly [name: string, value: string];
}

const frames = { name: 'resa_frames_total', help: 'Frames on sockets, by direction.' };
const bytes = { name: 'resa_frame_bytes_total', help: 'Bytes of frames on sockets, by direction.' };
const commits = {
  name: 'resa_commits_total',
  help: 'Batches of updates handed to the store, by outcome.',
};
const readers = {
  name: 'resa_slow_readers_total',
  help: 'Sockets that read too slowly, by outcome: sent one difference later, or closed.',
};
const states = {
  name: 'resa_states_sent_total',
  help: 'Answers to state requests: the stored state, or an encoded difference.',
};

/** All counters of the live server. The type ensures that none is missing. */
const rows: Readonly<Record<Exclude<keyof Counters, 'refusals'>, Row>> = {
  framesIn: { ...frames, label: ['way', 'in'] },
  framesOut: { ...frames, label: ['way', 'out'] },
  bytesIn: { ...bytes, label: ['way', 'in'] },
  bytesOut: { ...bytes, label: ['way', 'out'] },
  pingsIn: {
    name: 'resa_pings_total',
    help: 'Pings, pongs and small fragments received.',
  },
  malformedFrames: {
    name: 'resa_malformed_frames_total',
    help: 'Malformed frames; each closed its socket.',
  },
  observerUpdates: {
    name: 'resa_observer_updates_total',
    help: 'Updates of observers, dropped by message type.',
  },
  updates: { name: 'resa_updates_total', help: 'Updates that the guard accepted.' },
  heldUpdates: {
    name: 'resa_held_updates_total',
    help: 'Updates held until the updates they depend on arrived.',
  },
  deferredUpdates: {
    name: 'resa_deferred_updates_total',
    help: 'Updates not taken because the document was read-only; the server asks for them again.',
  },
  offersHeld: {
    name: 'resa_offers_held_total',
    help: 'Offers of clients with edits of others that the document lacks; the server holds a copy.',
  },
  lossesProven: {
    name: 'resa_losses_proven_total',
    help: 'Times that a client proved that the server had lost acknowledged edits of a board.',
  },
  commits: { ...commits, label: ['outcome', 'stored'] },
  failedCommits: { ...commits, label: ['outcome', 'failed'] },
  checkpoints: { name: 'resa_checkpoints_total', help: 'States merged on the worker thread.' },
  presenceFrames: { name: 'resa_presence_frames_total', help: 'Presence frames made.' },
  presenceEchoes: {
    name: 'resa_presence_echoes_total',
    help: 'Presence entries that were not new, or not the sender’s own.',
  },
  presenceSkipped: {
    name: 'resa_presence_skipped_total',
    help: 'Presence frames not sent to a slow reader.',
  },
  presenceThinned: {
    name: 'resa_presence_thinned_total',
    help: 'Presence ticks that left entries for the next tick, because the room is full.',
  },
  readersBehind: { ...readers, label: ['outcome', 'resynced'] },
  slowReaders: { ...readers, label: ['outcome', 'closed'] },
  delays: {
    name: 'resa_sender_pauses_total',
    help: 'Times that a sender was paused because it sent too much.',
  },
  statesSent: { ...states, label: ['kind', 'stored'] },
  differencesEncoded: { ...states, label: ['kind', 'difference'] },
};

/** Adds the counters to a registry. They are evaluated when metrics are read, and cost nothing else. */
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
