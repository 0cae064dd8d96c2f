import { describe, expect, test } from 'vitest';
import { allTestFiles, notRun, unknownNames } from '../test-files.ts';

describe('a run of the tests', () => {
  test('fails for each wanted file that no project includes, and names it', () => {
    const wanted = ['tests/shared/order-key.test.ts', 'tests/new/order-key.test.ts'];
    expect(notRun(wanted, ['/resa/tests/shared/order-key.test.ts'])).toEqual([
      'tests/new/order-key.test.ts did not run: no project in vite.config.ts includes it.',
    ]);
    expect(notRun([], ['/resa/tests/shared/order-key.test.ts'])).toEqual([]);
  });

  test('fails for a name in the list of the longest files that is no file', () => {
    expect(unknownNames(['tests/e2e/lost.test.ts', 'tests/e2e/old.test.ts'], allTestFiles())).toEqual([
      'tests/longest-first.ts names tests/e2e/old.test.ts, which does not exist.',
    ]);
  });
});
