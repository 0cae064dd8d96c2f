import { expect, onTestFailed, onTestFinished, test } from 'vitest';
import { Chance, seed } from './chance.ts';
import { makeBoard } from './invited.ts';
import { Member } from './member.ts';
import { ServerProcess } from './server-process.ts';
import type { Volume } from './volume.ts';
import { mountVolume, pretendVolume } from './volume.ts';
import { agreed, eventsAmong, keepWriting, owed } from './writers.ts';

async function goOnAfterFullDisk(volume: Volume): Promise<void> {
  const { folder, nodeArgs, env } = volume;
  let server = await ServerProcess.start({ folder, nodeArgs, env });
  onTestFinished(async () => {
    await server.kill();
    await volume.remove();
  });
  onTestFailed(() => console.error(`SEED=${seed} runs this again\n${server.log.slice(-20).join('\n')}`));
  const chance = new Chance(seed);
  const { url, port } = server;
  const { links } = await makeBoard(url);
  const ana = await Member.join(url, links.facilitator, 'Ana');
  const ben = await Member.join(url, links.participant, 'Ben');
  const all = [ana, ben];
  await agreed(all);
  const writing = keepWriting(all, chance);
  await eventsAmong(all, 200);

  // The disk fills up: people stay, are notified, and keep writing; their edits wait on their pages.
  const told = (why: 'store' | null) =>
    Promise.all(all.map((member) => member.until(() => member.readOnly === why)));
  await volume.fill();
  await told('store');
  const acknowledged = all.map((member) => member.acknowledged.length);
  await eventsAmong(all, 200);
  await writing.stop();
  expect(all.map((member) => member.acknowledged.length)).toEqual(acknowledged);
  expect(all.flatMap(({ closings }) => closings)).toEqual([]);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  const ready = await fetch(`${url}/readyz`);
  expect([ready.status, await ready.json()]).toMatchObject([503, { error: { code: 'store' } }]);
  const made = await fetch(`${url}/api/boards`, { method: 'POST', body: JSON.stringify({ title: 'Late' }) });
  expect([made.status, await made.json()]).toMatchObject([503, { error: { code: 'store' } }]);

  // There is space again: the same process continues, and stores the edits kept meanwhile.
  const kept = all.flatMap((member) => member.written).length - acknowledged.reduce((sum, n) => sum + n, 0);
  expect(kept).toBeGreaterThan(0);
  await volume.free();
  await told(null);
  await agreed(all);
  expect(server.isAlive).toBe(true);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  for (const member of all) member.edit(chance);
  await agreed(all);

  // Everything acknowledged is on disk.
  await server.kill();
  await Promise.all(all.map((member) => member.stayAway()));
  server = await ServerProcess.start({ folder, port, nodeArgs, env });
  const olle = await Member.join(url, links.observer, 'Olle');
  await olle.until(() => olle.isSynced);
  expect(owed(all).filter((claim) => !olle.has(claim))).toEqual([]);
  for (const member of all) member.comeBack();
  await agreed([...all, olle]);
  for (const member of [...all, olle]) member.close();
}

test('a disk reports that it is full: nothing is acknowledged, people are notified, and the process recovers', async () => {
  await goOnAfterFullDisk(await pretendVolume());
});

test('the same happens on a file system that is really full', async ({ skip }) => {
  const volume = await mountVolume();
  if (!volume) skip('needs a user who may mount a file system');
  else await goOnAfterFullDisk(volume);
});
