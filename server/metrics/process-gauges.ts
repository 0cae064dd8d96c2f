import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Registry } from 'prom-client';
import { Counter, Gauge } from 'prom-client';

/** How often the event loop is looked at. Twenty a second cost nothing to speak of, and 50 ms is what people feel. */
const resolutionMs = 50;

/**
 * What the process takes, under the names that dashboards for Node know; prom-client's own set goes through all
 * handles, thus all sockets, at each reading. Returns what ends the watching.
 */
export function registerProcess(registry: Registry): () => void {
  const registers = [registry];
  const delays = monitorEventLoopDelay({ resolution: resolutionMs });
  delays.enable();
  new Gauge({
    name: 'resa_event_loop_delay_seconds',
    help: 'How late the event loop was since metrics were last read.',
    labelNames: ['quantile'],
    registers,
    collect() {
      // The monitor tells the whole time between two looks.
      const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e9 - resolutionMs / 1e3);
      this.set({ quantile: '0.5' }, late(delays.percentile(50)));
      this.set({ quantile: '0.99' }, late(delays.percentile(99)));
      this.set({ quantile: '1' }, late(delays.max));
      delays.reset();
    },
  });
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Processor time of the process, all its threads.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
  gauge('process_resident_memory_bytes', 'Memory that the process has.', () => process.memoryUsage.rss());
  gauge('nodejs_heap_size_used_bytes', 'Heap in use.', () => process.memoryUsage().heapUsed);
  gauge(
    'nodejs_external_memory_bytes',
    'Memory of buffers beside the heap.',
    () => process.memoryUsage().external,
  );
  // A constant: reckoned from the wall clock of now, it would tell of a restart whenever that is set.
  const started = Math.round(performance.timeOrigin / 1e3);
  gauge('process_start_time_seconds', 'When the process started, since 1970.', () => started);
  return () => delays.disable();

  function gauge(name: string, help: string, value: () => number): void {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  }
}
