import { afterEach, beforeEach, expect, onTestFailed, test } from 'vitest';
import { Chance, seed } from './chance.ts';
import { join, makeBoard } from './invited.ts';
import { Member } from './member.ts';
import { ServerProcess, temporaryFolder } from './server-process.ts';
import { agreed, eventsAmong, keepWriting, owed } from './writers.ts';

const moments = 6;

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

test(`kill -9 at ${moments} random moments of a rebuild while two people write: all acknowledged or received edits are there`, async () => {
  onTestFailed(() => console.error(`SEED=${seed} runs this again`));
  const { port } = server;
  for (let moment = 1; moment <= moments; moment++) {
    const chance = new Chance(seed + moment);
    const { url } = server;
    const { board, links } = await makeBoard(url);
    const fay = await join(url, links.facilitator, 'Fay');
    const all = [
      await Member.join(url, links.facilitator, 'Ana'),
      await Member.join(url, links.participant, 'Ben'),
    ];
    await agreed(all);
    const writing = keepWriting(all, chance);
    await Promise.all(all.map((member) => member.until(() => member.acknowledged.length >= 10)));

    const headers = { authorization: `Bearer ${fay.token}` };
    const rebuilding = fetch(`${url}/api/boards/${board}/rebuild`, { method: 'POST', headers }).then(
      (answer) => answer.text(),
      () => undefined,
    );
    // People are disconnected, retry and keep writing: after this many events the rebuild is running or done.
    await eventsAmong(all, chance.below(200));
    await server.kill();
    await rebuilding;
    await Promise.all(all.map((member) => member.stayAway()));
    const claims = owed(all);
    await writing.stop();
    for (const member of all) member.close();

    server = await ServerProcess.start({ folder: folder.path, port });
    const olle = await Member.join(server.url, links.observer, 'Olle');
    await olle.until(() => olle.isSynced);
    expect(claims.length).toBeGreaterThan(0);
    expect(
      claims.filter((claim) => !olle.has(claim)),
      `moment ${moment}`,
    ).toEqual([]);
    // The board accepts edits, whether it is old or new.
    const cleo = await Member.join(server.url, links.participant, 'Cleo');
    await cleo.until(() => cleo.isSynced);
    for (let n = 0; n < 5; n++) cleo.edit(chance);
    await agreed([cleo, olle]);
    expect(server.errors).toEqual([]);
    for (const member of [olle, cleo]) member.close();
  }
});
