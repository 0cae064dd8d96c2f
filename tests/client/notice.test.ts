import { expect, test } from 'vitest';
import { noticeFor } from '../../client/parts/notice.ts';

test('who comes by a link that was withdrawn is told so, and not that their time has run out', () => {
  expect(noticeFor('link-revoked')).toBe('revoked-link');
  expect(noticeFor('ticket')).toBe('session-ended');
});
