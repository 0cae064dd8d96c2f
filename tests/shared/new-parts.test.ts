import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { beforeAll, expect, test } from 'vitest';

// Adds a collection with a command, a view and a lane type to the source as docs/ARCHITECTURE.md describes, in memory,
// and compiles everything. The files that they touch are listed here: their own files, a line in each list, and
// messages.

const root = fileURLToPath(new URL('../..', import.meta.url));
const languages = ['ar', 'en', 'ru', 'sv', 'tr'];

/** Insertions into an existing file: each text goes after the text that it follows. */
type Insertions = readonly (readonly [follows: string, text: string])[];

/** New files, by path, and insertions into others. */
interface Part {
  readonly files: Readonly<Record<string, string>>;
  readonly lists: Readonly<Record<string, Insertions>>;
  /** English messages, by area. The other languages get the same. */
  readonly messages: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const collection: Part = {
  files: {
    'shared/collections/quote.ts': `
      import { records } from '../schema/collection.ts';
      import { command } from '../schema/command.ts';
      import { addRecord } from '../schema/editor.ts';
      import { author, refs, text } from '../schema/field.ts';

      export const quotes = records('quotes', {
        about: 'what people said',
        add: 'write',
        change: 'own',
        limit: 500,
        fields: { words: text(300), cards: refs('cards'), author: author() },
      });

      export const addQuote = command('add-quote', (step, words: string) =>
        addRecord(step, quotes, { words, author: step.person }),
      );`,
  },
  lists: {
    'shared/documents.ts': [
      [
        "import * as phase from './collections/phase.ts';",
        "import * as quote from './collections/quote.ts';",
      ],
      ['const files = { person,', ' quote,'],
    ],
  },
  messages: {
    board: { 'field.quotes.words': 'Words', 'taken.quotes': 'Someone removed the quote.' },
    changes: {
      'step.add-quote': 'quote added',
      'record.quotes.added': 'quote added',
      'record.quotes.removed': 'quote removed',
      'record.quotes.restored': 'quote restored',
      'record.quotes.cards': 'quote linked',
    },
  },
};

const view: Part = {
  files: {
    'client/views/quotes/view.ts': `
      import type { View } from '../../parts/view.ts';
      import { withMessages } from '../../text/messages.svelte.ts';
      import { listIcon } from '../../ui/icons.ts';

      export const quotes: View = {
        id: 'quotes',
        letter: 'q',
        icon: listIcon,
        title: 'board.view.quotes',
        document: 'board',
        may: () => true,
        load: withMessages(['board', 'quotes'], () => import('./Quotes.svelte')),
        guide: withMessages(['quotes'], () => import('./guide.ts')),
        later: [],
      };`,
    'client/views/quotes/guide.ts': `
      import { addQuote, quotes } from '$shared/collections/quote.ts';
      import type { Action } from '../../parts/action.ts';
      import { helpLines } from '../../parts/action.ts';
      import type { Guide, KeyGroup } from '../../parts/view.ts';
      import type { Board } from '../../model/board.svelte.ts';
      import { defineIndex } from '../../model/store/index.svelte.ts';

      const quotesByCard = defineIndex({ of: quotes, keys: (quote) => quote.cards });
      export const firstQuote = (board: Board, card: string): string | undefined =>
        board.of(quotes).get(board.by(quotesByCard).at(card).ids[0] ?? null)?.words;
      const keyed: readonly Action<Board>[] = [
        { name: 'quotes.new', keys: ['N'], may: () => true, run: (board) => addQuote(board.editor, '') },
      ];
      export const go: Guide['go'] = 'quotes.go';
      export const keys: readonly KeyGroup[] = [{ title: 'board.view.quotes', keys: helpLines(keyed) }];
      export const where: Guide['where'] = (board, { at }) => firstQuote(board, at?.id ?? '') ?? '';`,
    'client/views/quotes/Quotes.svelte': '<h2>Quotes</h2>',
  },
  lists: {
    'shared/views.ts': [["export const viewIds = ['map',", " 'quotes',"]],
    'client/board/views.ts': [
      ["import { map } from '../views/map/view.ts';", "import { quotes } from '../views/quotes/view.ts';"],
      ['readonly View[] = [map,', ' quotes,'],
    ],
    'client/text/areas.ts': [
      ["import type map from './en/map.json';", "import type quotes from './en/quotes.json';"],
      ['readonly map: typeof map;', 'readonly quotes: typeof quotes;'],
    ],
  },
  messages: {
    board: { 'board.view.quotes': 'Quotes' },
    quotes: { 'quotes.go': 'Go to the quotes', 'quotes.new': 'New quote' },
  },
};

const lane: Part = {
  files: {
    'client/views/map/lanes/quote/lane.ts': `
      import type { LaneView } from '../lane-view.ts';

      export const quote: LaneView = { holds: 'cards', look: 'marked', judged: 'evidence' };`,
  },
  lists: {
    'shared/collections/lane.ts': [['const laneKinds = {', "quote: { holds: 'cards', group: 'customer' },"]],
    'client/views/map/lanes/lanes.ts': [
      ["import { moment } from './moment/lane.ts';", "import { quote } from './quote/lane.ts';"],
      ['Record<LaneType, LaneView>> = {', 'quote,'],
    ],
  },
  messages: { map: { 'lane.quote': 'Quotes' } },
};

/** The paths that a part touches. */
function touched({ files, lists, messages }: Part): string[] {
  const texts = Object.keys(messages).flatMap((area) =>
    languages.map((one) => `client/text/${one}/${area}.json`),
  );
  return [...Object.keys(files), ...Object.keys(lists), ...texts].toSorted();
}

/** The source with these parts, by path: only files that differ from the disk. */
function sourceWith(parts: readonly Part[]): Map<string, string> {
  const changed = new Map<string, string>();
  const now = (path: string) => changed.get(path) ?? readFileSync(join(root, path), 'utf8');
  for (const { files, lists, messages } of parts) {
    for (const [path, text] of Object.entries(files)) changed.set(path, text);
    for (const [path, insertions] of Object.entries(lists)) {
      for (const [follows, text] of insertions) {
        const before = now(path);
        expect(before.split(follows), `${path} has “${follows}” once`).toHaveLength(2);
        changed.set(path, before.replace(follows, `${follows}\n${text}`));
      }
    }
    for (const [area, texts] of Object.entries(messages)) {
      const path = `client/text/en/${area}.json`;
      const before = readdirSync(join(root, 'client/text/en')).includes(`${area}.json`) ? now(path) : '{}';
      changed.set(path, JSON.stringify({ ...(JSON.parse(before) as object), ...texts }));
    }
  }
  return changed;
}

const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
  config: { include: string[] };
};
const parsed = ts.parseJsonConfigFileContent({ ...config, include: ['client', 'shared'] }, ts.sys, root);
let last: ts.Program | undefined;
/** Parsed once for all programs: most of the source is libraries. */
const unchanged = new Map<string, ts.SourceFile | undefined>();

/** Compiles page and shared code with these parts. Returns the compiler's messages, by file. */
function compiled(parts: readonly Part[]): string[] {
  const changed = new Map([...sourceWith(parts)].map(([path, text]) => [join(root, path), text]));
  const host = ts.createCompilerHost(parsed.options);
  const read = host.getSourceFile.bind(host);
  const folders = new Set([...changed.keys()].map((path) => dirname(path)));
  host.readFile = (path) => changed.get(path) ?? ts.sys.readFile(path);
  host.fileExists = (path) => changed.has(path) || ts.sys.fileExists(path);
  host.directoryExists = (path) => folders.has(path) || ts.sys.directoryExists(path);
  host.getSourceFile = (path, options, ...more) => {
    const text = changed.get(path);
    if (text !== undefined) return ts.createSourceFile(path, text, options);
    if (!unchanged.has(path)) unchanged.set(path, read(path, options, ...more));
    return unchanged.get(path);
  };
  const files = [
    ...new Set([...parsed.fileNames, ...[...changed.keys()].filter((path) => path.endsWith('.ts'))]),
  ];
  last = ts.createProgram({
    rootNames: files,
    options: parsed.options,
    host,
    ...(last && { oldProgram: last }),
  });
  return ts.getPreEmitDiagnostics(last).map(({ file, messageText }) => {
    const path = file?.fileName.slice(root.length) ?? '';
    return `${path}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
}

const silent = (part: Part): Part => ({ ...part, messages: {} });
const unlisted = (part: Part, path: string): Part => ({
  ...part,
  lists: Object.fromEntries(Object.entries(part.lists).filter(([list]) => list !== path)),
});

let clean: string[];
beforeAll(() => {
  clean = compiled([]);
}, 120_000);

test('the source compiles unchanged', () => {
  expect(clean).toEqual([]);
});

test('a collection, a view and a lane type compile with their own files, lines in lists, and messages', () => {
  expect(compiled([collection, view, lane])).toEqual([]);
  const messages = (area: string) => languages.map((one) => `client/text/${one}/${area}.json`);
  expect(touched(collection)).toEqual(
    [
      ...messages('board'),
      ...messages('changes'),
      'shared/collections/quote.ts',
      'shared/documents.ts',
    ].toSorted(),
  );
  expect(touched(view)).toEqual(
    [
      ...messages('board'),
      ...messages('quotes'),
      'client/board/views.ts',
      'client/text/areas.ts',
      'client/views/quotes/Quotes.svelte',
      'client/views/quotes/guide.ts',
      'client/views/quotes/view.ts',
      'shared/views.ts',
    ].toSorted(),
  );
  expect(touched(lane)).toEqual(
    [
      ...messages('map'),
      'client/views/map/lanes/lanes.ts',
      'client/views/map/lanes/quote/lane.ts',
      'shared/collections/lane.ts',
    ].toSorted(),
  );
}, 120_000);

test('a command or lane type without a message does not compile', () => {
  const errors = compiled([silent(collection), silent(lane)]);
  expect(errors.map((error) => error.split(':')[0])).toEqual([
    'client/board/change-words.ts',
    'client/board/step-text.ts',
    'client/parts/taken.ts',
    'client/views/map/lanes/lane-name.ts',
  ]);
  expect(errors[0]).toContain('record.quotes.');
  expect(errors[1]).toContain('step.add-quote');
  expect(errors[2]).toContain('taken.quotes');
  expect(errors[3]).toContain('lane.quote');
}, 120_000);

test('a lane type without a folder in the map does not compile', () => {
  const errors = compiled([unlisted(lane, 'client/views/map/lanes/lanes.ts')]);
  expect(errors.map((error) => error.split(':')[0])).toEqual(['client/views/map/lanes/lanes.ts']);
  expect(errors[0]).toContain("'quote' is missing");
}, 120_000);
