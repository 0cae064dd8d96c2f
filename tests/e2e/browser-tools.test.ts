import { readFile } from 'node:fs/promises';
import ts from 'typescript';
import { describe, test } from 'vitest';
import type { Person } from './person.ts';
import { expect, setStage } from './stage.ts';

const stage = setStage();

/** Puts its own elements in the place of all texts of the page, as Google Translate does. */
const translate = (person: Person) =>
  person.page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts: Text[] = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) texts.push(node as Text);
    const make = () => document.createElementNS('http://www.w3.org/1999/xhtml', 'font');
    for (const text of texts) {
      if (text.data.trim() === '' || text.parentElement?.closest('[translate="no"], script, style, textarea'))
        continue;
      const [outer, inner] = [make(), make()];
      inner.textContent = text.data.toUpperCase();
      outer.append(inner);
      text.replaceWith(outer);
    }
  });

test('on a translated page, what others write in cards, titles, personas and ideas still shows', async () => {
  const links = await stage.house.board('demo');
  const [maja, nadia] = [await stage.person('Maja'), await stage.person('Nadia')];
  await Promise.all([maja.join(links.facilitator), nadia.join(links.participant)]);
  await nadia.page.locator('[data-drawn]').waitFor();
  const card = nadia.page.locator('[data-card]').filter({ hasText: 'Decides at breakfast' });
  const id = (await card.getAttribute('data-card')) ?? '';

  // Twice: a translator translates what has changed, and the page changes it again.
  for (const word of ['first', 'second']) {
    await translate(nadia);
    await expect(nadia.page.locator('[data-card] font').first()).toBeAttached();
    await maja.openText(maja.page.locator(`[data-card="${id}"]`), 'End');
    await maja.type(` ${word}`);
    await maja.press('Escape');
    await expect(nadia.page.locator(`[data-card="${id}"] .text`)).toHaveText(new RegExp(` ${word}$`));
    await maja.openText(maja.head('phase', 'Plan the trip'), 'End');
    await maja.type(` ${word}`);
    await maja.press('Enter');
    await expect(nadia.page.locator('[data-focus-key^="phase:"] bdi').first()).toHaveText(
      new RegExp(` ${word}$`),
    );
  }

  const name = maja.page.locator('.chips .name').first();
  await name.locator('..').getByRole('button', { name: /Menu/ }).click();
  await maja.page.getByRole('menu').getByText('Edit', { exact: true }).click();
  await maja.page.getByRole('dialog').getByRole('textbox').first().fill('Amina the second');
  await expect(nadia.page.locator('.chips .name [dir]').first()).toHaveText('Amina the second');
  await maja.press('Escape');

  for (const person of [maja, nadia]) {
    await person.page.locator('a[href$="/ideas"]').first().click();
    await person.page.locator('[data-row]').first().waitFor();
  }
  await translate(nadia);
  const idea = (await nadia.page.locator('[data-row]').first().getAttribute('data-row')) ?? '';
  await maja.page.locator(`[data-row="${idea}"] .open-it`).click();
  await maja.page.getByRole('textbox', { name: 'Title' }).fill('Another title');
  await maja.page.getByRole('textbox', { name: 'Solution' }).fill('Another solution');
  const row = nadia.page.locator(`[data-row="${idea}"]`);
  await expect(row.locator('.open-it bdi')).toHaveText('Another title');
  await expect(row.locator('.line')).toHaveText('Another solution');
  await Promise.all([maja.leave(), nadia.leave()]);
});

describe('a text that was', () => {
  const ways: Record<string, string> = {
    'replaced by another element': `node.replaceWith(font('Eine Uhr'))`,
    'replaced in two steps': `node.before(font('Eine Uhr')); node.remove()`,
    'moved into another element': `const outer = font(''); node.before(outer); outer.append(node)`,
    'split, and a part of it wrapped': `const rest = node.splitText(2);
      const mark = document.createElement('mark'); rest.replaceWith(mark); mark.append(rest)`,
    'replaced by another text': `node.parentElement.textContent = 'Eine Uhr'`,
    'followed by an element of a tool': `node.after(document.createElement('mark'))`,
  };

  test.each(Object.entries(ways))('%s shows the next value, each time', async (_, way) => {
    const source = await readFile('client/ui/keep-text.ts', 'utf8');
    const script = ts
      .transpileModule(source, { compilerOptions: { target: ts.ScriptTarget.ES2022 } })
      .outputText.replace(/^export /gm, '');
    const { page } = await stage.person('Nadia');
    await page.setContent('<p><bdi>A clock</bdi></p>');
    await page.evaluate(`{
      ${script}
      keepText(document.body);
      const font = (text) => {
        const outer = document.createElement('font');
        outer.append(text);
        return outer;
      };
      // The page writes into the node that it made, wherever that is.
      const own = document.querySelector('bdi').firstChild;
      window.write = (text) => (own.nodeValue = text);
      window.interfere = () => { const node = document.querySelector('bdi').firstChild; ${way} };
    }`);
    for (const text of ['A clock by the stairs', 'A bench', 'A clock']) {
      await page.evaluate('interfere()');
      await page.evaluate(`write('${text}')`);
      expect(await page.evaluate(() => document.querySelector('bdi')?.innerHTML)).toBe(text);
    }
  });
});

test('an element with more than one text is left alone', async () => {
  const source = await readFile('client/ui/keep-text.ts', 'utf8');
  const script = ts
    .transpileModule(source, { compilerOptions: { target: ts.ScriptTarget.ES2022 } })
    .outputText.replace(/^export /gm, '');
  const { page } = await stage.person('Nadia');
  await page.setContent('<p dir="auto">A clock<!----></p>');
  await page.evaluate(`{
    ${script}
    keepText(document.body);
    const paragraph = document.querySelector('p');
    window.text = paragraph.firstChild;
    paragraph.lastChild.before(document.createElement('b'));
  }`);
  await page.evaluate(`text.nodeValue = 'A bench'`);
  expect(await page.evaluate(() => document.querySelector('p')?.innerHTML)).toBe('A bench<b></b><!---->');
});
