import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import * as v from 'valibot';
import { expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../../server/config.ts';
import { openServer } from '../../server/serve.ts';
import type { AnyCollection } from '../../shared/schema/collection.ts';
import type { Field } from '../../shared/schema/field.ts';
import { collections, metaFields } from '../../shared/documents.ts';
import { emotionPolarity } from '../../shared/collections/emotion.ts';
import { maxRecords } from '../../shared/limits.ts';
import { refusals } from '../../shared/wire/protocol.ts';
import { fieldWords, schemaWords, writerWords } from './schema-words.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const names = (await readdir(join(root, 'docs'))).filter((name) => name.endsWith('.md'));
const pages = await Promise.all(
  ['README.md', ...names.map((name) => `docs/${name}`)].map(async (path) => ({
    path,
    text: await read(path),
  })),
);
const page = (path: string) => pages.find((one) => one.path === path)?.text ?? '';
const documentPage = page('docs/DOCUMENT.md');
const manifest = v.parse(
  v.object({
    scripts: v.record(v.string(), v.string()),
    dependencies: v.record(v.string(), v.string()),
    devDependencies: v.record(v.string(), v.string()),
  }),
  JSON.parse(await read('package.json')),
);

test('docs/DOCUMENT.md lists the roots of the document, their contents and their writers', () => {
  const listed = rowsOf(section(documentPage, '## How things are stored'));
  const kept = Object.values<AnyCollection>(collections).map((of) => [
    of.name,
    `${of.kind}: ${of.about}`,
    writerWords(of),
  ]);
  expect(listed).toEqual([['meta', 'facts about the document itself', 'the server'], ...kept]);
  expect(documentPage).toContain(`at most ${maxRecords.toLocaleString('en')} entries`);
});

test('docs/DOCUMENT.md has the tables that `npm run docs` generates from the definitions', async () => {
  const path = join(root, 'docs/DOCUMENT.md');
  const all: Record<string, string> = { meta: tableOfFields(metaFields) };
  for (const [name, of] of Object.entries(collections)) all[name] = tableOf(of);
  const written = await format(withTables(documentPage, all), {
    ...(await resolveConfig(path)),
    filepath: path,
  });
  if (process.env.WRITE_DOCS === '1') await writeFile(path, written);
  else expect(documentPage).toBe(written);
});

test('docs/DOCUMENT.md describes `gone` and lists the positive emotions', () => {
  const [holds, missing] = fieldWords(collections.cards.fields.gone);
  expect(documentPage.replace(/\s+/g, ' ')).toContain(`\`gone\`: \`${holds}\`, missing \`${missing}\``);
  const polarities = Object.values(emotionPolarity).map((polarity) => polarity === 'positive');
  expect(polarities).toEqual([true, true, true, true, true, true, false, false, false, false, false, false]);
});

test('docs/DOCUMENT.md lists every reason for refusing an update', () => {
  const listed = rowsOf(section(documentPage, '## What the server refuses')).map(([reason]) => reason);
  expect(listed).toEqual([...refusals]);
});

test(
  'the example in docs/DOCUMENT.md runs: it reads the ideas, and its card is stored',
  { timeout: 30_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'resa-docs-'));
    const server = await openServer({
      ...readConfig({ PORT: '0', DATA_DIR: folder, LOG_LEVEL: 'silent' }),
      staticRoot: null,
    });
    onTestFinished(async () => {
      await server.close();
      await rm(folder, { recursive: true });
    });
    const { url } = await server.listen();
    const link = (await server.demo()).find(({ role }) => role === 'participant');
    const [, example = ''] = /```js\n(.*?)```/s.exec(documentPage) ?? [];
    const { output, code } = await runModule(example, `${url}/join#${link?.secret ?? ''}`);
    expect(output).toMatch(/^1\. Ten-minute certainty card$/m);
    expect(output).toMatch(/^The card is on disk$/m);
    expect(code).toBe(0);
  },
);

test('README lists the settings of the server with their defaults', () => {
  const read: string[] = [];
  const env = new Proxy<Record<string, string>>(
    {},
    {
      get: (_, name) => {
        read.push(String(name));
        return undefined;
      },
    },
  );
  // The settings are read in the order of the returned object.
  const defaults = Object.values(readConfig(env)).map((value: unknown) =>
    value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value).replace('[]', ''),
  );
  const listed = rowsOf(section(page('README.md'), '## Settings')).map(([name, fallback]) => [
    name,
    fallback,
  ]);
  expect(listed).toEqual(read.map((name, i) => [name, defaults[i]]));
});

test('docs/DEPENDENCIES.md lists every package with its version and licence, and no others', async () => {
  const listed = rowsOf(page('docs/DEPENDENCIES.md')).map(([name, version, , , , licence]) => [
    name,
    version,
    licence,
  ]);
  const wanted = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
  const installed = await Promise.all(
    wanted.map(async ([name, version]) => {
      const { license } = v.parse(
        v.object({ license: v.string() }),
        JSON.parse(await read(`node_modules/${name}/package.json`)),
      );
      return [name, version, license];
    }),
  );
  expect(listed.sort()).toEqual(installed.sort());
});

test.each(pages)('the files and commands that $path names exist', ({ path, text }) => {
  const links = [...text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)]
    .map(([, to = '']) => to)
    .filter((to) => !/^[a-z]+:/.test(to))
    .map((to) => join(dirname(path), to));
  const quoted = [...text.matchAll(/`((?:client|server|shared|tests|docs)\/[\w./-]*)`/g)].map(
    ([, to = '']) => to,
  );
  expect([...links, ...quoted].filter((to) => !existsSync(join(root, to)))).toEqual([]);
  const scripts = [...text.matchAll(/npm run ([\w-]+)/g)].map(([, name = '']) => name);
  expect(scripts.filter((name) => !Object.hasOwn(manifest.scripts, name))).toEqual([]);
});

test('README describes each script', () => {
  const listed = rowsOf(section(page('README.md'), '## Scripts')).map(([command = '']) =>
    command.split(' ').at(-1),
  );
  // npm runs `pre` scripts automatically, so README need not describe them.
  expect(listed.sort()).toEqual(
    Object.keys(manifest.scripts)
      .filter((name) => !name.startsWith('pre'))
      .sort(),
  );
});

function read(path: string): Promise<string> {
  return readFile(join(root, path), 'utf8');
}

/** A section of a page, from its heading to the next of the same or a higher level. */
/** The table of a collection, before it is formatted. */
function tableOf(of: AnyCollection): string {
  if (of.kind === 'records')
    return tableOfFields(Object.fromEntries(Object.entries(of.fields).filter(([field]) => field !== 'gone')));
  const { entries } = v.parse(
    v.object({ entries: v.record(v.string(), v.unknown()) }),
    Object.fromEntries(Object.entries(of.schema)),
  );
  const rows = Object.entries(entries).map(([part, schema]) => [code(part), code(schemaWords(schema))]);
  return table(['part', 'holds'], rows);
}

function tableOfFields(fields: Readonly<Record<string, Field>>): string {
  const rows = Object.entries(fields).map(([field, definition]) => {
    const [holds, missing, setBy] = fieldWords(definition);
    return [code(field), code(holds), code(missing), setBy];
  });
  return table(['field', 'holds', 'missing', 'set by'], rows);
}

const code = (text: string) => `\`${text}\``;
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** Replaces the first table of each named section. */
function withTables(text: string, tables: Readonly<Record<string, string>>): string {
  return Object.entries(tables).reduce((page, [name, made]) => {
    const heading = `\n### \`${name}\`\n`;
    const [before = '', ...after] = page.split(heading);
    expect(after, `docs/DOCUMENT.md has one section ${name}`).toHaveLength(1);
    const body = after.join('');
    // A section of a new collection has no table yet.
    const end = body.search(/\n##/);
    const own = end < 0 ? body : body.slice(0, end);
    const rest = end < 0 ? '' : body.slice(end);
    const found = /^\|.*\n(?:\|.*(?:\n|$))*/m.exec(own);
    const filled = found ? own.replace(found[0], () => `${made}\n`) : `${own.trimEnd()}\n\n${made}\n`;
    return before + heading + filled + rest;
  }, text);
}

function section(text: string, heading: string): string {
  const [, ...after] = text.split(`\n${heading}\n`);
  const level = heading.indexOf(' ');
  return after.join('').split(new RegExp(`\n#{1,${level}} `))[0] ?? '';
}

/** The rows of all tables, without their headings; cells without backticks. */
function rowsOf(text: string): string[][] {
  const lines = text.split('\n');
  return lines.flatMap((line, i) => {
    const isHead = /^\| *-/.test(lines[i + 1] ?? '');
    if (!line.startsWith('|') || isHead || /^\| *-/.test(line)) return [];
    return [
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replace(/^`(.*)`$/, '$1')),
    ];
  });
}

/** Runs a program as a person would after copying it into a file of this folder. */
async function runModule(program: string, link: string): Promise<{ output: string; code: number | null }> {
  const child = spawn(process.execPath, ['--input-type=module', '-', link], { cwd: root });
  child.stdin.end(program);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await once(child, 'close');
  return { output, code: child.exitCode };
}
