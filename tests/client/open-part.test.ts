import { afterEach, expect, test, vi } from 'vitest';
import { openPart } from '../../client/parts/open-part.ts';
import { dismiss, toasts } from '../../client/ui/toasts.svelte.ts';

afterEach(() => {
  for (const { id } of toasts()) dismiss(id);
});

test('a part that is fetched opens', async () => {
  const close = vi.fn();
  await expect(openPart(() => Promise.resolve('part'), close)).resolves.toBe('part');
  expect(close).not.toHaveBeenCalled();
  expect(toasts()).toEqual([]);
});

test('a part that cannot be fetched is closed with a message, and the next press fetches it again', async () => {
  const close = vi.fn();
  const load = vi.fn(() => Promise.reject(new TypeError('Failed to fetch dynamically imported module')));
  const settled = vi.fn();
  for (const press of [1, 2]) {
    void openPart(load, close).then(settled, settled);
    await vi.waitFor(() => expect(close).toHaveBeenCalledTimes(press));
  }
  expect(load).toHaveBeenCalledTimes(2);
  expect(toasts().map(({ tone }) => tone)).toEqual(['warning']);
  expect(settled).not.toHaveBeenCalled();
});
