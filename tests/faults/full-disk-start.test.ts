import { expect, onTestFinished, test } from 'vitest';
import { boardRecord } from '../store/board-record.ts';
import { notes, openStore, Writer } from '../store/open-store.ts';
import { mountVolume } from './volume.ts';

test('a process that starts on a full disk serves the stored boards read-only, and recovers when there is space', async ({
  skip,
}) => {
  const volume = await mountVolume();
  if (!volume) return skip('needs a user who may mount a file system');
  onTestFinished(() => volume.remove());
  const room = 'b1/board';
  const ana = new Writer();
  const append = async (note: string, to: typeof first.store) =>
    to.append({ room, person: 'ana', update: ana.write(note, 'Ana') });
  const first = await openStore(volume.folder);
  await first.store.createBoard(boardRecord('b1'), new Writer().state);
  await append('one', first.store);
  await first.store.close();

  await volume.fill();
  const { store, journalist } = await openStore(volume.folder);
  expect(store.failure?.message).toContain('cannot be written');
  expect(await store.board('b1')).toEqual(boardRecord('b1'));
  expect(notes(await store.load(room))).toEqual({ one: 'Ana' });
  await expect(append('two', store)).rejects.toThrow('cannot be written');
  // A second process is still refused, because there was only one spare lock.
  await expect(openStore(volume.folder)).rejects.toThrow();

  const healed = journalist.hears('can be written again');
  await volume.free();
  await healed;
  await store.load(room);
  await append('three', store);
  await store.close();
  const third = await openStore(volume.folder);
  expect(notes(await third.store.load(room))).toMatchObject({ one: 'Ana' });
  expect(third.journalist.lines.filter(({ level }) => level === 'error')).toEqual([]);
});
