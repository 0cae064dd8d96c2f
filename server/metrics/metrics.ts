import { Gauge, Histogram, Registry } from 'prom-client';
import type { LiveBoards, Observer } from '../live/contract.ts';
import { roomStates } from '../live/contract.ts';
import type { Store } from '../store/contract.ts';
import { registerProcess } from './process-gauges.ts';
import { registerCounters } from './live-counters.ts';

/**
 * Seconds. The buckets surround the targets for a tick: 2 ms at rest, 16 ms in a full room, 40 ms during a join storm.
 * Above half a second no detail is needed.
 */
const tickBuckets = [0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.04, 0.1, 0.5];

/**
 * Seconds. From one fdatasync of a quiet SSD (0.2 ms), past the target of 15 ms at 3,000 edits a second, to a disk that
 * hangs.
 */
const commitBuckets = [0.00025, 0.0005, 0.001, 0.002, 0.005, 0.015, 0.05, 0.25, 1, 5];

/** The Prometheus metrics of the process. `docs/OPERATIONS.md` explains each and says when to act. */
export class Metrics {
  /** Receives durations from the live server. Only this part runs for each edit. */
  readonly observe: Observer;
  readonly #registry = new Registry();
  readonly #stop: () => void;

  constructor() {
    const registers = [this.#registry];
    const tick = new Histogram({
      name: 'resa_tick_seconds',
      help: 'Time from the first update of a tick arriving until the whole tick is applied.',
      buckets: tickBuckets,
      registers,
    });
    const commit = new Histogram({
      name: 'resa_commit_seconds',
      help: 'Time from handing a batch to the store until it is on disk.',
      buckets: commitBuckets,
      registers,
    });
    this.observe = { tick: (seconds) => tick.observe(seconds), commit: (seconds) => commit.observe(seconds) };
    this.#stop = registerProcess(this.#registry);
  }

  /** Adds the metrics of live server and store. They are evaluated when metrics are read. */
  watch(live: LiveBoards, store: Store): void {
    registerCounters(this.#registry, () => live.counters);
    this.#gauge('resa_connections', 'Open sockets.', () => live.gauges.connections);
    this.#gauge('resa_unsaved_updates', 'Updates that are not on disk yet.', () => live.gauges.unsaved);
    this.#gauge(
      'resa_room_heap_bytes',
      'Estimated memory of the open documents.',
      () => live.gauges.heapBytes,
    );
    this.#gauge(
      'resa_room_heap_budget_bytes',
      'Limit for the memory of open documents.',
      () => live.gauges.heapBudgetBytes,
    );
    this.#gauge('resa_store_failing', '1 while the store takes no writes.', () => (store.failure ? 1 : 0));
    this.#gauge(
      'resa_journal_bytes',
      'Bytes in the journal that are not merged into snapshots yet.',
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

  /** The Prometheus page, and its content type. */
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
