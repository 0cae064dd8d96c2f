import { afterEach, beforeEach, expect, onTestFailed, test } from 'vitest';
import { Chance, seed } from './chance.ts';
import { makeBoard } from './invited.ts';
import { Member } from './member.ts';
import { ServerProcess, temporaryFolder } from './server-process.ts';
import { agreed, eventsAmong, keepWriting, owed } from './writers.ts';

/** What supervisors wait before they kill. */
const patienceMs = 10_000;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: ServerProcess;

beforeEach(async () => {
  folder = await temporaryFolder();
  server = await ServerProcess.start({ folder: folder.path });
});
afterEach(async () => {
  await server.kill();
  await folder.remove();
});

test('SIGTERM while five people write: it tells them to come back, ends in time, and loses nothing', async () => {
  onTestFailed(() => console.error(`SEED=${seed} runs this again`));
  const chance = new Chance(seed);
  const { url, port } = server;
  const { links } = await makeBoard(url);
  const names = ['Ana', 'Ben', 'Cleo', 'Dina', 'Edvin'];
  const all = await Promise.all(names.map((name) => Member.join(url, links.participant, name)));
  await agreed(all);
  const writing = keepWriting(all, chance);
  await eventsAmong(all, 1_000);

  const asked = performance.now();
  expect(await server.stop()).toBe(0);
  expect(performance.now() - asked).toBeLessThan(patienceMs);
  await Promise.all(all.map((member) => member.stayAway()));
  const claims = owed(all);
  await writing.stop();
  expect(all.map(({ closings }) => closings[0])).toEqual(all.map(() => 1012));
  expect(server.log).toEqual([]);

  server = await ServerProcess.start({ folder: folder.path, port });
  const olle = await Member.join(url, links.observer, 'Olle');
  await olle.until(() => olle.isSynced);
  expect(claims.filter((claim) => !olle.has(claim))).toEqual([]);
  expect(claims.length).toBeGreaterThan(0);
  for (const member of all) member.comeBack();
  await agreed([...all, olle]);
  expect(all.flatMap((member) => member.written).filter((claim) => !olle.has(claim))).toEqual([]);
  for (const member of [...all, olle]) member.close();
});
