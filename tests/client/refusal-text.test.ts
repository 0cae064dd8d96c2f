import { afterEach, expect, test } from 'vitest';
import { setLanguage } from '../../client/text/messages.svelte.ts';
import { refusalText } from '../../client/board/refusal-text.ts';

afterEach(() => setLanguage('en'));

test('a refusal names the daily limit that was reached', async () => {
  expect(refusalText('allowance', { of: 'records', limit: 3_000, for: 'person' })).toBe(
    'You have reached the daily limit for one participant: 3,000 cards and ideas. You can add more later.',
  );
  expect(refusalText('allowance', { of: 'bytes', limit: 6 << 20, for: 'board' })).toContain('6 MB');
  expect(refusalText('allowance', undefined)).toBe(
    'This board has reached its daily limit. Try again later.',
  );
  expect(refusalText('role', undefined)).toBe(
    'Your role does not allow you to change this part of the board. Ask a facilitator to make the change.',
  );
  await setLanguage('sv');
  expect(refusalText('allowance', { of: 'clients', limit: 300, for: 'person' })).toContain('300 gånger');
});
