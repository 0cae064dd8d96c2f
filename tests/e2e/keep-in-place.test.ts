import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import ts from 'typescript';
import { beforeAll, describe, test } from 'vitest';
import { expect, setStage } from './stage.ts';

// The mechanism alone, on a bare page: what real layout and scrolling make of it, on both axes and mirrored.

const stage = setStage();
let script = '';

beforeAll(async () => {
  const files = ['attention.ts', 'keep-in-place.ts'].map((name) => readFile(`client/ui/${name}`, 'utf8'));
  const source = (await Promise.all(files)).join('\n').replace(/^import .*$/gm, '');
  script = ts
    .transpileModule(source, { compilerOptions: { target: ts.ScriptTarget.ES2022 } })
    .outputText.replace(/^export /gm, '');
});

interface Bare {
  readonly page: Page;
  /** Runs a change of another person, and waits until it is painted. */
  change(what: string): Promise<void>;
  /** The distance of an element from the start edges of the window. */
  placeOf(selector: string): Promise<{ block: number; inline: number }>;
}

/** A grid of 12 rows and 12 columns of 40 by 100 px, in a view of 200 by 500 px. */
async function open(dir: 'ltr' | 'rtl', rows = 12): Promise<Bare> {
  const person = await stage.person('Nadia');
  const { page } = person;
  const columns = Array.from({ length: 12 }, (_, at) => `<th id="c${at}">${at}</th>`).join('');
  const body = Array.from(
    { length: rows },
    (_, at) => `<tr id="r${at}"><td><input size="4" id="f${at}" /></td></tr>`,
  ).join('');
  await page.setContent(`<!doctype html><html dir="${dir}"><style>
    body { margin: 0; padding: 20px }
    #root { box-sizing: border-box; inline-size: 500px; block-size: 200px; overflow: auto;
      padding-block: var(--room-block-start, 0px) var(--room-block-end, 0px);
      padding-inline: var(--room-inline-start, 0px) var(--room-inline-end, 0px) }
    table { inline-size: max-content; border-spacing: 0 }
    th, td { min-inline-size: 100px; block-size: 40px; padding: 0; box-sizing: border-box }
  </style><div id="root"><table><thead><tr>${columns}</tr></thead><tbody>${body}</tbody></table></div>`);
  await page.evaluate(`{
    ${script}
    const rules = { rows: 'tbody tr', columns: 'th', name: ({ id }) => id, hasRoom: true };
    window.kept = keepInPlace(document.querySelector('#root'), rules);
  }`);
  const painted = () =>
    page.evaluate(
      () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
    );
  await painted();
  return {
    page,
    async change(what) {
      await page.evaluate(what);
      await painted();
    },
    placeOf: (selector) =>
      page.evaluate((which) => {
        const box = document.querySelector(which)?.getBoundingClientRect();
        if (!box) throw new Error(`There is no ${which}.`);
        const inline = document.dir === 'rtl' ? innerWidth - box.right : box.left;
        return { block: box.top, inline };
      }, selector),
  };
}

const addRow = (before: string) =>
  `document.querySelector('${before}').insertAdjacentHTML('beforebegin', '<tr><td>new</td></tr>')`;
const addColumn = `document.querySelector('th').insertAdjacentHTML('beforebegin', '<th>new</th>')`;

async function stays(bare: Bare, selector: string, changes: readonly string[]): Promise<void> {
  const before = await bare.placeOf(selector);
  for (const change of changes) {
    await bare.change(change);
    const now = await bare.placeOf(selector);
    expect(Math.abs(now.block - before.block), change).toBeLessThanOrEqual(1);
    expect(Math.abs(now.inline - before.inline), change).toBeLessThanOrEqual(1);
  }
}

describe.each(['ltr', 'rtl'] as const)('%s: what a person writes in stays', (dir) => {
  test('at the beginning of the view, in the middle and at its end', async () => {
    const bare = await open(dir);
    for (const [row, column] of [
      [2, 0],
      [6, 4],
      [11, 8],
    ]) {
      await bare.change(`document.querySelector('#c${column}').scrollIntoView();
        document.querySelector('#f${row}').focus()`);
      await stays(bare, `#f${row}`, [
        addRow('#r0'),
        addColumn,
        `document.querySelector('#r1').style.height = '90.4px'`,
        `document.querySelector('#r1').replaceChildren(document.createElement('td'))`,
        `document.querySelector('#r1').style.height = ''; document.querySelector('#r1').append('')`,
        `document.querySelector('thead').append('')`,
        `document.querySelector('#r0').previousElementSibling.remove()`,
        `document.querySelector('th').remove()`,
      ]);
    }
  });

  test('when its row is sorted, or made anew', async () => {
    const bare = await open(dir);
    await bare.change(`document.querySelector('#f5').focus()`);
    await stays(bare, '#f5', [
      `document.querySelector('tbody').append(document.querySelector('#r1'), document.querySelector('#r2'))`,
      `document.querySelector('tbody').prepend(document.querySelector('#r8'), document.querySelector('#r9'))`,
      `{ const row = document.querySelector('#r5'); const twin = row.cloneNode(true);
         document.querySelector('tbody').prepend(document.createElement('tr'), document.querySelector('#r10'));
         row.replaceWith(twin); twin.querySelector('input').focus({ preventScroll: true }) }`,
    ]);
  });

  test('in a view that is too short to scroll', async () => {
    const bare = await open(dir, 3);
    await bare.change(`document.querySelector('#f2').focus()`);
    await stays(bare, '#f2', [
      addRow('#r0'),
      `document.querySelector('#r0').previousElementSibling.remove()`,
      `document.querySelector('#r0').remove()`,
      `document.querySelector('#r1').remove()`,
      addRow('#r2'),
    ]);
  });

  test('when the view itself is moved or has less room, as by a line above it', async () => {
    const bare = await open(dir);
    await bare.change(`document.querySelector('#f3').focus()`);
    await stays(bare, '#f3', [
      `document.querySelector('#root').style.height = '160px';
       document.querySelector('#root').style.marginTop = '40px'`,
    ]);
  });
});

test('the row under the pointer stays for as long as the pointer moves', async () => {
  const bare = await open('ltr');
  const { block, inline } = await bare.placeOf('#r2');
  await bare.page.mouse.move(inline + 300, block + 10);
  await stays(bare, '#r2', [addRow('#r0'), `document.querySelector('#r0').remove()`]);
});

test('untouched, a view shows what comes first; further down, it keeps what is in sight', async () => {
  const bare = await open('ltr');
  const first = await bare.placeOf('#r0');
  await bare.change(addRow('#r0'));
  expect((await bare.placeOf('#r0')).block).toBe(first.block + 40);
  await bare.change(`document.querySelector('#root').scrollTop = 100`);
  await stays(bare, '#r3', [
    addRow('#r0'),
    // One of the visible rows goes far away: the others stay.
    `document.querySelector('tbody').append(document.querySelector('#r2'))`,
  ]);
});

test('scrolling in the same frame is not taken back, and room goes when it is out of sight', async () => {
  const bare = await open('ltr', 8);
  await bare.change(`document.querySelector('#f2').focus({ preventScroll: true })`);
  const before = await bare.placeOf('#f2');
  await bare.change(`document.querySelector('#r0').remove();`);
  expect((await bare.placeOf('#f2')).block).toBe(before.block);
  await bare.change(`document.querySelector('#root').scrollTop += 60; ${addRow('#r1')}`);
  expect((await bare.placeOf('#f2')).block).toBe(before.block - 60);
  const room = () =>
    bare.page.evaluate(() =>
      document.querySelector<HTMLElement>('#root')?.style.getPropertyValue('--room-block-start'),
    );
  await expect.poll(room).toBe('0px');
  expect((await bare.placeOf('#f2')).block).toBe(before.block - 60);
});

test('what the person does moves the view', async () => {
  const bare = await open('ltr');
  await bare.change(`document.querySelector('#f2').focus()`);
  const before = await bare.placeOf('#f2');
  await bare.change(`${addRow('#r0')}; window.kept.accept()`);
  expect((await bare.placeOf('#f2')).block).toBe(before.block + 40);
});
