import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { areaOf, areasIn, keysIn, sources } from './messages.ts';

const textOf = new Map(sources.map(({ file, text }) => [file, text]));
const areas = [...areasIn('en').keys()];
const areaOfKey = areaOf('en');

/** An `import()`: the module, and the areas loaded with it. */
interface Fetch {
  readonly entry: string;
  readonly areas: readonly string[];
}

const resolve = (from: string, path: string) => join(dirname(from), path);

/** The static imports of a module. */
function importsOf(file: string): string[] {
  const text = textOf.get(file) ?? '';
  const found = text.matchAll(/^\s*(?:import|export) (?!type )(?:[^'";]*? from )?'(\.[^']+)'/gm);
  return [...found].map((match) => resolve(file, match[1] ?? '')).filter((one) => textOf.has(one));
}

/** The dynamic imports of a module. */
function fetchesOf(file: string): Fetch[] {
  const text = textOf.get(file) ?? '';
  const found = text.matchAll(/(?:withMessages\(\s*\[([^\]]*)\],\s*\(\) =>\s*)?\bimport\('(\.[^']+)'\)/g);
  return [...found].map((match) => ({ entry: resolve(file, match[2] ?? ''), areas: words(match[1] ?? '') }));
}

function words(list: string): string[] {
  return [...list.matchAll(/'([^']+)'/g)].map((match) => match[1] ?? '');
}

/** A module with all of its static imports. */
function partFrom(entry: string): ReadonlySet<string> {
  const part = new Set([entry]);
  for (const file of part) for (const one of importsOf(file)) part.add(one);
  return part;
}

/** A view's `view.ts`: part of the first script, and used where a board is open. */
const isHead = (file: string) => /^client\/views\/[^/]+\/view\.ts$/.test(file);

/** The folder of the view that a module belongs to; null if none. */
const viewOf = (file: string) => /^client\/views\/[^/]+\//.exec(file)?.[0] ?? null;

/**
 * The dynamic imports of a part. Those of a view, except in its `view.ts`, count only for that view, even if others
 * preload them.
 */
function laterFrom(entry: string): Fetch[] {
  return [...partFrom(entry)]
    .filter((file) => viewOf(file) === null || viewOf(file) === viewOf(entry) || isHead(file))
    .flatMap(fetchesOf);
}

/**
 * The parts of the page (the first script, and each dynamic import) with the areas that are loaded when a part is
 * drawn: its own and those of the part that opens it. If several parts open it, only those areas that all of them have.
 */
function partsOfPage(): ReadonlyMap<string, ReadonlySet<string>> {
  const main = 'client/main.ts';
  const first = words(/loadMessages\(\[([^\]]*)\]\)/.exec(textOf.get(main) ?? '')?.[1] ?? '');
  const parts = new Map<string, ReadonlySet<string>>([[main, new Set(first)]]);
  for (let changed = true; changed;) {
    changed = false;
    for (const [opener, there] of parts)
      for (const fetch of laterFrom(opener)) {
        const before = parts.get(fetch.entry);
        const all = new Set([...there, ...fetch.areas]);
        const after = before ? new Set([...before].filter((area) => all.has(area))) : all;
        if (after.size === before?.size) continue;
        parts.set(fetch.entry, after);
        changed = true;
      }
  }
  return parts;
}

const parts = partsOfPage();

describe('messages are loaded before the part of the page that uses them renders', () => {
  test('the test finds the parts', () => {
    expect(parts.size).toBeGreaterThan(10);
    expect([...parts.keys()].filter((entry) => !textOf.has(entry))).toEqual([]);
  });

  test.each([...parts])('those of %s', (entry, there) => {
    const sayers = [...partFrom(entry)].filter((file) => !isHead(file));
    expect(sayers.flatMap((file) => absent(file, there))).toEqual([]);
  });

  test('those of each `view.ts`', () => {
    const there = new Set(['board', 'common']);
    const heads = [...textOf.keys()].filter(isHead);
    expect(heads.flatMap((file) => absent(file, there))).toEqual([]);
  });
});

/** The messages that a module uses and that are in none of these areas. */
function absent(file: string, there: ReadonlySet<string>): string[] {
  return keysIn(textOf.get(file) ?? '')
    .filter((key) => !there.has(areaOfKey[key] ?? ''))
    .map((key) => `${file}: ${key}`);
}

test('the lobby and the join page load no messages of a board', () => {
  expect([...(parts.get('client/pages/lobby/Lobby.svelte') ?? [])].toSorted()).toEqual(['common', 'lobby']);
  expect([...(parts.get('client/pages/join/Join.svelte') ?? [])].toSorted()).toEqual(['common', 'join']);
});

test('every source file that uses messages belongs to a part', () => {
  const reached = new Set([...parts.keys()].flatMap((entry) => [...partFrom(entry)]));
  const lost = sources.filter(({ file, text }) => keysIn(text).length > 0 && !reached.has(file));
  expect(lost.map(({ file }) => file)).toEqual([]);
});

test('every area is listed with its type and loaded by a part', () => {
  const listed = readFileSync('client/text/areas.ts', 'utf8');
  expect(areas.filter((area) => !listed.includes(`from './en/${area}.json'`))).toEqual([]);
  const used = new Set([...parts.values()].flatMap((there) => [...there]));
  expect([...used].toSorted()).toEqual(areas.toSorted());
});

test('the first word of a key is used in one area only', () => {
  const byWord = new Map<string, Set<string>>();
  for (const [key, area] of Object.entries(areaOfKey)) {
    const word = key.split('.', 1)[0] ?? '';
    byWord.set(word, (byWord.get(word) ?? new Set()).add(area));
  }
  expect([...byWord].filter(([, of]) => of.size > 1).map(([word]) => word)).toEqual([]);
});
