import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const here = new URL('.', import.meta.url);
const spec = readFileSync(new URL('../../../docs/SYNC.md', here), 'utf8');
const folders = [here, new URL('../../client/', here)];
const tests = folders
  .flatMap((folder) => readdirSync(folder).map((name) => new URL(name, folder)))
  .filter(({ pathname }) => pathname.endsWith('.test.ts'))
  .map((file) => readFileSync(file, 'utf8'))
  .join();

const numbers = [...spec.matchAll(/^- \*\*([A-Z]\d+)\*\*/gm)].map(([, number]) => number ?? '');

test('docs/SYNC.md has rules of all ten kinds', () => {
  expect(new Set(numbers.map((number) => number[0]))).toEqual(
    new Set(['W', 'P', 'B', 'G', 'D', 'R', 'T', 'M', 'L', 'C']),
  );
});

test.each(numbers)('rule %s has a test that names it', (number) => {
  expect(tests).toMatch(new RegExp(`(test|describe|test\\.each[^;]*?)\\([^\\n]*\\b${number}\\b`));
});
