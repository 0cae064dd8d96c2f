import { afterEach, expect, test, vi } from 'vitest';
import { chosenLanguage } from '../../client/model/device/preferences.ts';
import { chooseLanguage } from '../../client/parts/choose-language.ts';
import { language, setLanguage } from '../../client/text/messages.svelte.ts';
import { dismiss, toasts } from '../../client/ui/toasts.svelte.ts';

vi.mock(import('../../client/text/messages.svelte.ts'), async (original) => {
  const real = await original();
  return { ...real, setLanguage: vi.fn(real.setLanguage) };
});

afterEach(async () => {
  for (const { id } of toasts()) dismiss(id);
  localStorage.clear();
  await setLanguage('en');
});

test('a language that cannot be fetched is named in a notice, the old one stays, and a later try works', async () => {
  vi.mocked(setLanguage).mockRejectedValueOnce(new TypeError('Failed to fetch'));
  await chooseLanguage('sv');
  expect(toasts().map(({ text }) => text)).toEqual([
    'Svenska could not be loaded. Check your connection, then choose it again.',
  ]);
  expect(language()).toBe('en');
  expect(chosenLanguage()).toBe('');
  const [said] = toasts();
  expect(said).toMatchObject({ stays: true, action: { label: 'Try again' } });

  said?.action?.run();
  await vi.waitFor(() => expect(language()).toBe('sv'));
  expect(language()).toBe('sv');
  expect(chosenLanguage()).toBe('sv');
});
