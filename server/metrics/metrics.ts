import { Gauge, Histogram, Registry } from 'prom-client';
import type { LiveBoards, Observer } from '../live/contract.ts';
import { roomStates } from '../live/contract.ts';
import type { Store } from '../store/contract.ts';
import { registerProcess } from './process-gauges.ts';
import { registerCounters } from './live-counters.ts';

/**
 * Seconds. Around what is promised of a tick: 2 ms at rest, 16 ms in a full room, 40 ms beside a join storm;
 * what is above half a second needs no finer word.
 */
const tickBuckets = [0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.04, 0.1, 0.5];

/** Seconds. From one fdatasync of a quiet SSD (0.2 ms) by the promised 15 ms at 3,000 edits a second to a disk that hangs. */
const commitBuckets = [0.00025, 0.0005, 0.001, 0.002, 0.005, 0.015, 0.05, 0.25, 1, 5];

/** The figures of the process for Prometheus: `docs/OPERATIONS.md` says what each means and when to worry. */
export class Metrics {
  /** Told by the live side how long things take: the only part of this that is on the way of an edit. */
  readonly observe: Observer;
  readonly #registry = new Registry();
  readonly #stop: () => void;

  constructor() {
    const registers = [this.#registry];
    const tick = new Histogram({
      name: 'resa_tick_seconds',
      help: 'From the first update of a tick coming in until all of it was applied.',
      buckets: tickBuckets,
      registers,
    });
    const commit = new Histogram({
      name: 'resa_commit_seconds',
      help: 'From handing a batch to the store until it was on disk.',
      buckets: commitBuckets,
      registers,
    });
    this.observe = { tick: (seconds) => tick.observe(seconds), commit: (seconds) => commit.observe(seconds) };
    this.#stop = registerProcess(this.#registry);
  }

  /** Adds the figures of live side and store; they are asked when metrics are. */
  watch(live: LiveBoards, store: Store): void {
    registerCounters(this.#registry, () => live.counters);
    this.#gauge('resa_connections', 'Open sockets.', () => live.gauges.connections);
    this.#gauge('resa_unsaved_updates', 'Updates that are not on disk yet.', () => live.gauges.unsaved);
    this.#gauge(
      'resa_room_heap_bytes',
      'What open documents are reckoned to take.',
      () => live.gauges.heapBytes,
    );
    this.#gauge(
      'resa_room_heap_budget_bytes',
      'What open documents may take.',
      () => live.gauges.heapBudgetBytes,
    );
    this.#gauge('resa_store_failing', '1 while the store takes no writes.', () => (store.failure ? 1 : 0));
    this.#gauge(
      'resa_journal_bytes',
      'What waits in the journal to be merged into snapshots.',
      () => store.journalBytes ?? 0,
    );
    new Gauge({
      name: 'resa_rooms',
      help: 'Open documents, by state.',
      labelNames: ['state'],
      registers: [this.#registry],
      collect() {
        const { roomsByState } = live.gauges;
        for (const state of roomStates) this.set({ state }, roomsByState[state]);
      },
    });
  }

  /** The page that Prometheus reads, and its type. */
  page(): Promise<string> {
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  close(): void {
    this.#stop();
    this.#registry.clear();
  }

  #gauge(name: string, help: string, value: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.set(value());
      },
    });
  }
}
