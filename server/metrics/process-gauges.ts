import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Registry } from 'prom-client';
import { Counter, Gauge } from 'prom-client';

/**
 * Sampling interval of the event loop, in ms. Twenty samples a second cost next to nothing, and people notice 50 ms.
 */
const resolutionMs = 50;

/**
 * Registers process metrics under the names that Node dashboards know. prom-client's own set walks all handles, thus
 * all sockets, at each reading. Returns a function that stops the sampling.
 */
export function registerProcess(registry: Registry): () => void {
  const registers = [registry];
  const delays = monitorEventLoopDelay({ resolution: resolutionMs });
  delays.enable();
  new Gauge({
    name: 'resa_event_loop_delay_seconds',
    help: 'Delay of the event loop since metrics were last read.',
    labelNames: ['quantile'],
    registers,
    collect() {
      // The monitor reports the whole time between two samples.
      const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e9 - resolutionMs / 1e3);
      this.set({ quantile: '0.5' }, late(delays.percentile(50)));
      this.set({ quantile: '0.99' }, late(delays.percentile(99)));
      this.set({ quantile: '1' }, late(delays.max));
      delays.reset();
    },
  });
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Processor time of the process, all threads.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
  gauge('process_resident_memory_bytes', 'Resident memory of the process.', () => process.memoryUsage.rss());
  gauge('nodejs_heap_size_used_bytes', 'Heap in use.', () => process.memoryUsage().heapUsed);
  gauge(
    'nodejs_external_memory_bytes',
    'Memory of buffers outside the heap.',
    () => process.memoryUsage().external,
  );
  // A constant: computed from the current wall clock, it would report a restart whenever that clock is set.
  const started = Math.round(performance.timeOrigin / 1e3);
  gauge('process_start_time_seconds', 'Start time of the process, in seconds since 1970.', () => started);
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
