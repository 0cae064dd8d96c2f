import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Chance, seed } from './chance.ts';
import type { Made } from './invited.ts';
import { join as joinBoard, makeBoard } from './invited.ts';
import { Member } from './member.ts';
import { ServerProcess, temporaryFolder } from './server-process.ts';
import { agreed } from './writers.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: ServerProcess;
let made: Made;

beforeEach(async () => {
  folder = await temporaryFolder();
  server = await ServerProcess.start({ folder: folder.path });
  made = await makeBoard(server.url, 'Trip to Luleå');
});
afterEach(async () => {
  await server.kill();
  await folder.remove();
});

const damages: [string, (file: string) => Promise<void>][] = [
  ['truncated to 0 bytes', (file) => truncate(file, 0)],
  ['truncated in the middle', async (file) => truncate(file, Math.floor((await readFile(file)).length / 2))],
  ['overwritten with random bytes', (file) => writeFile(file, new Chance(seed).bytes(500))],
  ['replaced by other JSON', (file) => writeFile(file, '{"id":7,"links":"none"}')],
];

test.each(damages)(
  'board.json %s: the previous copy is used, the damaged one is set aside',
  async (_what, damage) => {
    const ana = await Member.join(server.url, made.links.facilitator, 'Ana');
    ana.edit(new Chance(seed));
    await agreed([ana]);
    const { token } = await joinBoard(server.url, made.links.facilitator, 'Ana');
    const renamed = await fetch(`${server.url}/api/boards/${made.board}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ title: 'Trip to Kiruna' }),
    });
    expect(renamed.status).toBe(200);
    await server.kill();
    await ana.stayAway();
    const place = join(folder.path, 'boards', made.board);
    await damage(join(place, 'board.json'));

    server = await ServerProcess.start({ folder: folder.path, port: server.port });
    const answer = await fetch(`${server.url}/api/boards/${made.board}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect([answer.status, await answer.json()]).toMatchObject([200, { title: 'Trip to Luleå' }]);
    expect((await readdir(place)).filter((name) => name.startsWith('board.json.corrupt-'))).toHaveLength(1);
    expect(server.errors).toEqual(['a damaged file was set aside']);
    ana.comeBack();
    const ben = await Member.join(server.url, made.links.participant, 'Ben');
    await agreed([ana, ben]);
    expect(ana.written.every((claim) => ben.has(claim))).toBe(true);
    for (const member of [ana, ben]) member.close();
  },
);
