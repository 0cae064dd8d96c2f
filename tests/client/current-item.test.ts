import { expect, test } from 'vitest';
import { currentItem, noItem } from '../../client/model/presence/current-item.ts';
import { viewOf } from './session/views.ts';

test('done marks are about the running item, or about none; unknown until the server has said', () => {
  expect(currentItem(null)).toBeNull();
  expect(currentItem('?')).toBeNull();
  expect(currentItem(viewOf({ item: null }))).toBe(noItem);
  expect(currentItem(viewOf({ item: 'write' }))).toBe('write');
});
