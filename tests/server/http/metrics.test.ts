import { readFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { newCounters } from '../../../server/live/counters.ts';
import { House, refusal } from './house.ts';

const metricsKey = 'a-key-that-reads-figures';
const adminKey = 'the-key-of-those-who-run-it';

const page = async (house: House, key = metricsKey) =>
  house.send('GET', '/metrics', undefined, { authorization: `Bearer ${key}` });

/** The figures of a page, by name with labels. */
const figures = async (answer: Response) =>
  new Map(
    (await answer.text())
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );

describe('who may read metrics', () => {
  test('nobody if no key is set: the address returns 404', async () => {
    expect(await refusal(await page(new House()))).toEqual([404, 'not-found']);
  });

  test('a request with the metrics key or the admin key, and no other', async () => {
    const house = new House({ METRICS_KEY: metricsKey, ADMIN_KEY: adminKey });
    for (const key of [metricsKey, adminKey]) expect((await page(house, key)).status).toBe(200);
    expect(await refusal(await page(house, 'another'))).toEqual([401, 'admin-key']);
    expect(await refusal(await house.send('GET', '/metrics'))).toEqual([401, 'admin-key']);
  });

  test('the metrics key does not open the admin API', async () => {
    const house = new House({ METRICS_KEY: metricsKey, ADMIN_KEY: adminKey });
    const authorization = `Bearer ${metricsKey}`;
    const answer = await house.send('GET', '/api/admin/rooms', undefined, { authorization });
    expect(await refusal(answer)).toEqual([401, 'admin-key']);
    const without = new House({ METRICS_KEY: metricsKey });
    const nothing = await without.send('GET', '/api/admin/rooms', undefined, { authorization });
    expect(await refusal(nothing)).toEqual([404, 'not-found']);
  });
});

describe('the metrics page', () => {
  test('has the current value of every counter of the rooms', async () => {
    const house = new House({ METRICS_KEY: metricsKey });
    const { counters } = house.live;
    // Each counter gets a different number, so that no two can be confused.
    let next = 1_000;
    const numbers: number[] = [];
    for (const key of Object.keys(newCounters()) as (keyof typeof counters)[]) {
      if (key === 'refusals') continue;
      counters[key] = next;
      numbers.push(next++);
    }
    counters.refusals['too-long'] = 7;
    const told = await figures(await page(house));
    expect(told.get('resa_frames_total{way="in"}')).toBe(counters.framesIn);
    expect(told.get('resa_frame_bytes_total{way="out"}')).toBe(counters.bytesOut);
    expect(told.get('resa_commits_total{outcome="failed"}')).toBe(counters.failedCommits);
    expect(told.get('resa_refused_updates_total{reason="too-long"}')).toBe(7);
    expect(told.get('resa_refused_updates_total{reason="observer"}')).toBe(0);
    const values = [...told].filter(([name]) => name.startsWith('resa_')).map(([, value]) => value);
    expect(values).toEqual(expect.arrayContaining(numbers));
    counters.framesIn++;
    expect((await figures(await page(house))).get('resa_frames_total{way="in"}')).toBe(counters.framesIn);
  });

  test('has the current values: sockets, rooms by state, memory, unsaved updates, whether the store can write', async () => {
    const house = new House({ METRICS_KEY: metricsKey });
    house.live.gauges = {
      connections: 12,
      roomsByState: { loading: 1, live: 4, draining: 0, failing: 2, quarantined: 1 },
      unsaved: 3,
      heapBytes: 5_000_000,
      heapBudgetBytes: 80_000_000,
    };
    house.store.break();
    const told = await figures(await page(house));
    expect(told.get('resa_connections')).toBe(12);
    expect(told.get('resa_rooms{state="live"}')).toBe(4);
    expect(told.get('resa_rooms{state="quarantined"}')).toBe(1);
    expect(told.get('resa_unsaved_updates')).toBe(3);
    expect(told.get('resa_room_heap_bytes')).toBe(5_000_000);
    expect(told.get('resa_room_heap_budget_bytes')).toBe(80_000_000);
    expect(told.get('resa_store_failing')).toBe(1);
    expect(told.get('process_resident_memory_bytes')).toBeGreaterThan(1 << 20);
    expect(told.get('process_cpu_seconds_total')).toBeGreaterThan(0);
  });

  test('docs/OPERATIONS.md lists exactly its figures, with their labels', async () => {
    const text = await (await page(new House({ METRICS_KEY: metricsKey }))).text();
    const names = [...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name = '']) => name);
    const labelled = [...text.matchAll(/^(\w+)\{(\w+)=/gm)].map(([, name, label]) => `${name}{${label}}`);
    const served = names.map((name) => labelled.find((one) => one.startsWith(`${name}{`)) ?? name);
    const manual = await readFile(new URL('../../../docs/OPERATIONS.md', import.meta.url), 'utf8');
    const listed = [...manual.matchAll(/^\| `(\w+(?:\{\w+\})?)` /gm)].map(([, name]) => name);
    expect(listed.sort()).toEqual(served.sort());
  });

  test('keeps the start time of the process when the wall clock is set', async () => {
    const house = new House({ METRICS_KEY: metricsKey });
    const started = async () => (await figures(await page(house))).get('process_start_time_seconds');
    const before = await started();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 86_400_000 });
    expect(await started()).toBe(before);
    vi.useRealTimers();
  });

  test('has histograms of the duration of ticks and commits', async () => {
    const house = new House({ METRICS_KEY: metricsKey });
    house.metrics.observe.tick(0.003);
    house.metrics.observe.commit(0.012);
    house.metrics.observe.commit(2);
    const told = await figures(await page(house));
    expect(told.get('resa_tick_seconds_bucket{le="0.002"}')).toBe(0);
    expect(told.get('resa_tick_seconds_bucket{le="0.004"}')).toBe(1);
    expect(told.get('resa_commit_seconds_bucket{le="0.015"}')).toBe(1);
    expect(told.get('resa_commit_seconds_count')).toBe(2);
    expect(told.get('resa_commit_seconds_sum')).toBeCloseTo(2.012);
  });

  test('has the event loop delay since the last request', async () => {
    const house = new House({ METRICS_KEY: metricsKey });
    const longest = async () =>
      (await figures(await page(house))).get('resa_event_loop_delay_seconds{quantile="1"}');
    // Blocks the event loop repeatedly, because the monitor samples at its own times.
    await vi.waitFor(
      async () => {
        const until = performance.now() + 300;
        while (performance.now() < until);
        // A whole turn of the loop, so that the monitor's timer runs.
        await setImmediate();
        await setImmediate();
        expect(await longest()).toBeGreaterThan(0.2);
      },
      { timeout: 15_000, interval: 150 },
    );
    await vi.waitFor(async () => expect(await longest()).toBeLessThan(0.1), { timeout: 5_000 });
  });
});
