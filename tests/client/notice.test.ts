import { expect, test } from 'vitest';
import { noticeFor } from '../../client/parts/notice.ts';

test('a link that was turned off has a notice of its own, not the one for expired access', () => {
  expect(noticeFor('link-revoked')).toBe('revoked-link');
  expect(noticeFor('ticket')).toBe('session-ended');
});

test('a removed person, and a person whom a closed board keeps out, read so', () => {
  expect(noticeFor('removed')).toBe('removed');
  expect(noticeFor('closed')).toBe('closed');
});
