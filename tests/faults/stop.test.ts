import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, onTestFailed, test } from 'vitest';
import { Chance, seed } from './chance.ts';
import { makeBoard } from './invited.ts';
import { Member } from './member.ts';
import { ServerProcess, temporaryFolder } from './server-process.ts';
import { agreed, eventsAmong, keepWriting, owed } from './writers.ts';

/** How long a stop may take while the disk answers, and in any case. */
const patienceMs = 10_000;
const boundMs = 20_000;

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

test('SIGTERM while five people write: sockets close with 1012, the process exits in time, nothing is lost', async () => {
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

test('after the signal nobody can join, while connected people are still served', async () => {
  const { url } = server;
  const { links } = await makeBoard(url);
  const ana = await Member.join(url, links.participant, 'Ana');
  await agreed([ana]);
  const told = ana.until(() => ana.closings.length > 0);
  const ended = server.stop();
  await told;
  await expect(fetch(`${url}/readyz`)).rejects.toThrow();
  await expect(Member.join(url, links.participant, 'Ben')).rejects.toThrow();
  await ana.stayAway();
  expect(await ended).toBe(0);
  ana.close();
});

// Slow, because it tests the limit of 20 s on the built server and its real clock.
test('a disk that does not answer delays the stop by 20 s at most, and nothing acknowledged is lost', async () => {
  onTestFailed(() => console.error(`SEED=${seed} runs this again`));
  const chance = new Chance(seed);
  await server.kill();
  const flag = join(folder.path, 'hung');
  server = await ServerProcess.start({
    folder: folder.path,
    nodeArgs: ['--import', fileURLToPath(new URL('hung-disk.mjs', import.meta.url))],
    env: { HUNG_DISK_FLAG: flag },
  });
  const { url, port } = server;
  const { links } = await makeBoard(url);
  const all = await Promise.all(['Ana', 'Ben'].map((name) => Member.join(url, links.participant, name)));
  await agreed(all);
  const writing = keepWriting(all, chance);
  await eventsAmong(all, 200);
  await writeFile(flag, '');
  await eventsAmong(all, 50);

  const asked = performance.now();
  expect(await server.stop()).toBeNull();
  expect(performance.now() - asked).toBeLessThan(boundMs);
  expect(server.log.at(-1)).toMatch(/^The stop took more than 17 s/);
  await Promise.all(all.map((member) => member.stayAway()));
  const claims = owed(all);
  await writing.stop();

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
