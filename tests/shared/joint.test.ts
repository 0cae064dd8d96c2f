import { expect, test } from 'vitest';
import { jointAfter, needsNoJoint } from '../../shared/text/joint.ts';

const joined = (text: string, words: string) => text + (needsNoJoint(words) ? '' : jointAfter(text)) + words;

test.each([
  ['paper', 'and', 'paper and'],
  ['Buys', '2', 'Buys 2'],
  ['Wartet.', 'é', 'Wartet. é'],
  ['بطاقة', 'جديدة', 'بطاقة جديدة'],
  ['Карта', 'и', 'Карта и'],
  ['종이', '컵', '종이 컵'],
  ['काग़ज़', 'और', 'काग़ज़ और'],
  ['Done 👍🏽', 'next', 'Done 👍🏽 next'],
  ['(see', '(again', '(see (again'],
])('words that follow %s get a space before %s', (text, words, all) => {
  expect(joined(text, words)).toBe(all);
});

test.each([
  ['', 'and'],
  ['paper ', 'and'],
  ['paper\n', 'and'],
  ['paper\u00a0', 'and'],
  ['(', 'and'],
  ['«', 'и'],
  ['e-', 'mail'],
  ['and/', 'or'],
  ['paper', '!'],
  ['paper', '?'],
  ['paper', '…'],
  ['(paper', ')'],
  ['paper', '’s'],
  ['50', '%'],
  ['ورق', '؟'],
  ['e', '\u0301'],
  ['paper', ' and'],
  ['日本', '語'],
  ['日本。', '次'],
  ['カード', 'ー'],
  ['日本', 'app'],
  ['app', '日本'],
  ['완료！', '次'],
  ['กระดาษ', 'และ'],
  ['ເຈ້ຍ', 'ແລະ'],
])('nothing comes between "%s" and "%s"', (text, words) => {
  expect(joined(text, words)).toBe(text + words);
});
