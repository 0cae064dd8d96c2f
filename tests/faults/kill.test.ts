import { afterEach, beforeEach, expect, onTestFailed, test } from 'vitest';
import { Chance, seed } from './chance.ts';
import { makeBoard } from './invited.ts';
import { Member } from './member.ts';
import { ServerProcess, temporaryFolder } from './server-process.ts';
import { agreed, eventsAmong, keepWriting, owed } from './writers.ts';

const moments = 10;

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

test(`kill -9 at ${moments} random moments while three people write: nothing acknowledged or received is lost`, async () => {
  onTestFailed(() => console.error(`SEED=${seed} runs this again`));
  const { url, port } = server;
  const { links } = await makeBoard(url);
  const ana = await Member.join(url, links.facilitator, 'Ana');
  const ben = await Member.join(url, links.participant, 'Ben');
  const cleo = await Member.join(url, links.participant, 'Cleo');
  const all = [ana, ben, cleo];
  await agreed(all);

  for (let moment = 1; moment <= moments; moment++) {
    const chance = new Chance(seed + moment);
    const writing = keepWriting(all, chance);
    await eventsAmong(all, 20 + chance.below(300));
    await server.kill();
    // Nobody may come back before the check, because their edits would hide losses.
    await Promise.all(all.map((member) => member.stayAway()));
    const claims = owed(all);
    await writing.stop();

    server = await ServerProcess.start({ folder: folder.path, port });
    const olle = await Member.join(url, links.observer, 'Olle');
    await olle.until(() => olle.isSynced);
    const lost = claims.filter((claim) => !olle.has(claim));
    expect(lost, `moment ${moment}`).toEqual([]);

    for (const member of all) member.comeBack();
    await agreed([...all, olle]);
    const written = all.flatMap((member) => member.written);
    expect(written.filter((claim) => !olle.has(claim))).toEqual([]);
    expect(server.errors).toEqual([]);
    olle.close();
  }
  // Otherwise the moments were too early to prove anything.
  expect(ana.acknowledged.length).toBeGreaterThan(moments);
  for (const member of all) member.close();
});
