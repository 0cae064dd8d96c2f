import { expect, test } from 'vitest';
import { changedPolicy, isCoherent, presets } from '../../shared/session/policy.ts';
import { readyAgenda, readyAgendaNames, readyMinutes } from '../../shared/session/ready-agendas.ts';

const languages = ['en', 'sv', 'ar', 'tr', 'ru'];

test.each(readyAgendaNames)('the ready agenda "%s" can be used as it is', async (name) => {
  const items = await readyAgenda(name);
  expect(items.reduce((sum, { minutes }) => sum + minutes, 0)).toBe(readyMinutes[name]);
  for (const { title, instruction, preset, change } of items) {
    for (const texts of [title, instruction]) {
      expect(Object.keys(texts)).toEqual(languages);
      for (const text of Object.values(texts)) expect(text.trim()).not.toBe('');
    }
    expect(isCoherent(changedPolicy(presets[preset], change))).toBe(true);
  }
});
