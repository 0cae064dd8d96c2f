import { describe, expect, test } from 'vitest';
import { languages, preferredLanguage } from '../../client/text/languages.ts';
import { areaOf, catalogOf as read, keysIn, sources, texts } from './messages.ts';

const english = read('en');

describe.each(languages)('the messages in %s', (language) => {
  const catalog = read(language);

  test('have the same keys as English, each in the same area', () => {
    expect(areaOf(language)).toEqual(areaOf('en'));
  });

  test('are not empty', () => {
    const empty = Object.entries(catalog).filter(([, message]) =>
      texts(message).some((text) => text.trim() === ''),
    );
    expect(empty.map(([key]) => key)).toEqual([]);
  });

  test('end with a full stop if they have two sentences, names of buttons aside', () => {
    const names = ['ideas.sort.ascending', 'ideas.sort.descending', 'ideas.state.change'];
    const open = Object.entries(catalog)
      .filter(([key]) => !names.includes(key))
      .filter(([, message]) =>
        texts(message).some((text) => /[.!?؟]\s+\S/.test(text) && !/[.!?؟…»”}]$/.test(text)),
      );
    expect(open.map(([key]) => key)).toEqual([]);
  });

  test('have every plural form of the language where English has plurals', () => {
    const categories = new Intl.PluralRules(language).resolvedOptions().pluralCategories.toSorted();
    const wrong = Object.entries(english).flatMap(([key, message]) => {
      const ours = catalog[key];
      if (typeof message === 'string') return typeof ours === 'string' ? [] : [key];
      return typeof ours === 'object' && same(Object.keys(ours).toSorted(), categories) ? [] : [key];
    });
    expect(wrong).toEqual([]);
  });

  test('have the placeholders of English; a form for one exact number may omit the number', () => {
    const wrong = Object.entries(english).filter(([key, message]) => {
      const wanted = placeholders(texts(message).join(' '));
      const ours = catalog[key] ?? '';
      if (typeof ours === 'string') return !same(placeholders(ours), wanted);
      return Object.entries(ours).some(([category, text]) => {
        const certain = ['zero', 'one', 'two'].includes(category) && !['ru'].includes(language);
        const missing = wanted.filter((name) => !placeholders(text).includes(name));
        const unknown = placeholders(text).filter((name) => !wanted.includes(name));
        return unknown.length > 0 || missing.some((name) => !(certain && name === 'count'));
      });
    });
    expect(wrong.map(([key]) => key)).toEqual([]);
  });
});

describe('the page', () => {
  test('uses every message', () => {
    const used = new Set(sources.flatMap(({ text }) => keysIn(text)));
    expect(Object.keys(english).filter((key) => !used.has(key))).toEqual([]);
  });

  test('uses no message that does not exist', () => {
    const missing = sources.flatMap(({ file, text }) =>
      [...text.matchAll(/\bt\(\s*'([^']+)'/g)]
        .map((match) => match[1] ?? '')
        .filter((key) => !Object.hasOwn(english, key))
        .map((key) => `${file}: ${key}`),
    );
    expect(missing).toEqual([]);
  });
});

test('a person gets the first of their languages that the page has', () => {
  expect(preferredLanguage(['fi', 'sv-FI', 'en'])).toBe('sv');
  expect(preferredLanguage(['AR-EG'])).toBe('ar');
  expect(preferredLanguage(['fi', 'de'])).toBe('en');
});

function placeholders(text: string): string[] {
  return [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ''))].toSorted();
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, index) => one === b[index]);
}
