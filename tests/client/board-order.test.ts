import { afterEach, expect, test } from 'vitest';
import type { Person } from '../../shared/collections/person.ts';
import type { Board } from '../../client/model/board.svelte.ts';
import { setLanguage } from '../../client/text/messages.svelte.ts';
import { writerOptions } from '../../client/views/ideas/options.ts';

afterEach(() => setLanguage('en'));

/** A board in a language, with people of these names. */
function boardWith(language: string, names: readonly string[]): Board {
  const all = names.map((name, index): { record: Person } => ({
    record: { id: `p${index}`, gone: false, name, color: '#40618f', role: 'participant' },
  }));
  return { connection: { language }, of: () => ({ all }) } as unknown as Board;
}

test('people sort by the alphabet of the board, whatever the language of the page', async () => {
  const names = ['Zoe', 'Åsa', 'Ana', 'Team 12', 'Team 9'];
  for (const page of ['en', 'sv', 'tr'] as const) {
    await setLanguage(page);
    const order = (board: string) => writerOptions(boardWith(board, names), null).map(({ label }) => label);
    expect(order('sv')).toEqual(['Ana', 'Team 9', 'Team 12', 'Zoe', 'Åsa']);
    expect(order('en')).toEqual(['Ana', 'Åsa', 'Team 9', 'Team 12', 'Zoe']);
  }
});

test('people of one name have the same order everywhere', () => {
  const options = writerOptions(boardWith('en', ['Ana', 'Ana']), null);
  expect(options.map(({ value }) => value)).toEqual(['p0', 'p1']);
});
