import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { bundle } from '../soak/bundle.mjs';
import { soak } from '../soak/soak.ts';
import { seed } from './chance.ts';

let hostileProgram: string;

beforeAll(async () => {
  hostileProgram = await bundle('hostile');
});
afterAll(() => rm(dirname(hostileProgram), { recursive: true }));

/** Twenty seconds of `npm run soak`, without timing. */
test('50 people work beside 100 hostile sockets of five people: nobody is affected, nothing is lost', async () => {
  onTestFailed(() => console.error(`SEED=${seed} runs this again`));
  const report = await soak({
    seed,
    quietMs: 2_000,
    attackMs: 18_000,
    boards: 10,
    peopleEach: 5,
    hostileSockets: 100,
    hostileProgram,
    everywhere: false,
    say: () => undefined,
  });
  expect(report.closings).toEqual([]);
  expect(report.lost).toEqual([]);
  expect(report.areEqual).toBe(true);
  expect(report.serverErrors).toEqual([]);
  // Otherwise nothing was tested.
  expect(report.owed).toBeGreaterThan(100);
  expect(Object.keys(report.deeds).length).toBeGreaterThan(10);
});
