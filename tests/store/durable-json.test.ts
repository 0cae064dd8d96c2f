import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Low } from 'lowdb';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { realDisk } from '../../server/store/disk/disk.ts';
import { DurableJson } from '../../server/store/disk/durable-json.ts';
import { Journalist, temporaryFolder } from './open-store.ts';

const schema = v.object({ n: v.number() });

test('of a thousand concurrent writes the newest is stored, and each call waits for it', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'count.json');
  const context = { disk: realDisk, log: new Journalist().log, now: Date.now };
  const low = new Low(new DurableJson(path, schema, context), { n: 0 });
  const onDisk: unknown[] = [];
  const writes = Array.from({ length: 1000 }, (_, n) => {
    low.data = { n: n + 1 };
    return low.write();
  });
  await Promise.all(
    writes.map((write) => write.then(async () => onDisk.push(JSON.parse(await readFile(path, 'utf8'))))),
  );
  expect(new Set(onDisk.map((data) => JSON.stringify(data)))).toEqual(new Set(['{"n":1000}']));
  expect(await readdir(folder)).toEqual(['count.json']);
});

test('a failed write rejects the calls that wait for it, but not the next', async () => {
  const folder = await temporaryFolder();
  const context = { disk: realDisk, log: new Journalist().log, now: Date.now };
  const adapter = new DurableJson(join(folder, 'count.json'), schema, context);
  const nowhere = new DurableJson(join(folder, 'gone/count.json'), schema, context);
  await expect(nowhere.write({ n: 1 })).rejects.toThrow('ENOENT');
  await expect(nowhere.write({ n: 2 })).rejects.toThrow('ENOENT');
  await adapter.write({ n: 3 });
  expect(await adapter.read()).toEqual({ n: 3 });
});
