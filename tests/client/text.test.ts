import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { languages, preferredLanguage } from '../../client/text/languages.ts';

type Catalog = Record<string, string | Record<string, string>>;

const folder = 'client/text';
const read = (language: string) => JSON.parse(readFileSync(`${folder}/${language}.json`, 'utf8')) as Catalog;
const english = read('en');
const sources = readdirSync('client', { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(ts|svelte)$/.test(file))
  .map((file) => ({ file, text: readFileSync(`client/${file}`, 'utf8') }));

describe.each(languages)('the messages in %s', (language) => {
  const catalog = read(language);

  test('are those of English, no fewer and no more', () => {
    expect(Object.keys(catalog).toSorted()).toEqual(Object.keys(english).toSorted());
  });

  test('are not empty', () => {
    const empty = Object.entries(catalog).filter(([, message]) =>
      texts(message).some((text) => text.trim() === ''),
    );
    expect(empty.map(([key]) => key)).toEqual([]);
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

  test('have the placeholders of English; a form for one certain number may leave the number out', () => {
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
    const unused = Object.keys(english).filter((key) => !isUsed(key));
    expect(unused).toEqual([]);
  });

  test('asks for no message that there is not', () => {
    const missing = sources.flatMap(({ file, text }) =>
      [...text.matchAll(/\bt\(\s*'([^']+)'/g)]
        .map((match) => match[1] ?? '')
        .filter((key) => !Object.hasOwn(english, key))
        .map((key) => `${file}: ${key}`),
    );
    expect(missing).toEqual([]);
  });
});

test('a person gets the first of their languages that the page speaks', () => {
  expect(preferredLanguage(['fi', 'sv-FI', 'en'])).toBe('sv');
  expect(preferredLanguage(['AR-EG'])).toBe('ar');
  expect(preferredLanguage(['fi', 'de'])).toBe('en');
});

/** A key is used where it stands in quotes, or where a template literal of its form is put together. */
function isUsed(key: string): boolean {
  return sources.some(({ text }) => {
    if (text.includes(`'${key}'`)) return true;
    return templatesIn(text).some((template) => template.test(key));
  });
}

const templates = new Map<string, RegExp[]>();

/** Template literals that begin as a key does (`role.${role}.may`), each as a pattern of the keys it can make. */
function templatesIn(text: string): RegExp[] {
  const known = templates.get(text);
  if (known) return known;
  const found = [...text.matchAll(/`([a-z][\w-]*\.(?:[\w.-]|\$\{[^}]*\})*)`/g)].map((match) => {
    const fixed = (match[1] ?? '').split(/\$\{[^}]*\}/).map((part) => part.replaceAll('.', '\\.'));
    return new RegExp(`^${fixed.join('[\\w-]+')}$`);
  });
  templates.set(text, found);
  return found;
}

function texts(message: string | Record<string, string>): string[] {
  return typeof message === 'string' ? [message] : Object.values(message);
}

function placeholders(text: string): string[] {
  return [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ''))].toSorted();
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, index) => one === b[index]);
}
