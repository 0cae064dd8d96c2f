import type { Locator } from '@playwright/test';
import { describe, test } from 'vitest';
import type { Person } from './person.ts';
import { expect, setStage } from './stage.ts';

const stage = setStage();

/** 1440x900 at 400 %, smaller still, a phone on its side, a phone with its keyboard, and a strip of a desktop. */
const lowWindows = [
  { width: 360, height: 225 },
  { width: 320, height: 180 },
  { width: 640, height: 360 },
  { width: 390, height: 420 },
  { width: 1280, height: 400 },
];

/** True if an element is inside the window and nothing lies on its corners. */
const isClear = (element: Element) => {
  const box = element.getBoundingClientRect();
  const corners = [box.left + 3, box.right - 3].flatMap((x) => [
    { x, y: box.top + 3 },
    { x, y: box.bottom - 3 },
  ]);
  return corners.every(({ x, y }) => element.contains(document.elementFromPoint(x, y)));
};

const seesAll = (what: Locator) => expect.poll(() => what.evaluate(isClear)).toBe(true);

async function facilitator(template: 'journey' | 'demo', options = {}): Promise<Person> {
  const maja = await stage.person('Maja', options);
  await maja.join((await stage.house.board(template)).facilitator);
  return maja;
}

/** The element that has the focus is in the window, and nothing covers it. */
const seesFocus = (maja: Person) => seesAll(maja.page.locator(':focus'));

describe('in a low window', () => {
  test('no bar covers the focused card, also while it is written on', async () => {
    const maja = await facilitator('journey');
    const cell = maja.cell('Needs and motivations', 'Use the service');
    for (const [index, size] of lowWindows.entries()) {
      await maja.page.setViewportSize(size);
      const text = `Find way ${index}`;
      await maja.writeCard(cell, text);
      await seesAll(maja.card(text));
      await maja.card(text).press('F2');
      await seesAll(maja.card(text));
      await maja.press('Escape');
      await seesAll(maja.card(text));
      await maja.press('Delete');
    }
    await maja.leave();
  });

  test('the card that has the focus stays in sight while the window gets low', async () => {
    const maja = await facilitator('demo');
    const card = maja.page.locator('[data-card]').nth(20);
    await card.focus();
    await expect(card.locator('textarea')).toBeFocused();
    // Two frames later the page knows that the card is in sight.
    await maja.painted();
    for (const size of [...lowWindows, { width: 1440, height: 900 }]) {
      await maja.page.setViewportSize(size);
      await seesAll(card);
    }
    await maja.leave();
  });

  test('a message does not lie on the card that has the focus', async () => {
    const maja = await facilitator('journey');
    const cell = maja.cell('Needs and motivations', 'Use the service');
    for (const size of lowWindows) {
      await maja.page.setViewportSize(size);
      for (const text of ['One', 'Two', 'Three']) await maja.writeCard(cell, text);
      await maja.card('Two').focus();
      await maja.press('Delete');
      await expect(maja.page.getByText('Card removed')).toBeVisible();
      await seesAll(maja.card('Three'));
      await maja.card('One').focus();
      await seesAll(maja.card('One'));
      for (const text of ['One', 'Three']) {
        await maja.card(text).focus();
        await maja.press('Delete');
      }
    }
    await maja.leave();
  });

  test('an idea is added and written in sight', async () => {
    const maja = await facilitator('demo');
    await maja.page.getByRole('link', { name: 'Ideas' }).click();
    for (const [index, size] of lowWindows.entries()) {
      await maja.page.setViewportSize(size);
      const field = maja.page.getByLabel('New idea');
      await field.focus();
      for (const part of ['a', 'b']) {
        await maja.type(`Idea ${index}${part}`);
        await maja.press('Enter');
        await seesFocus(maja);
        await expect(maja.page.locator('[data-row]', { hasText: `Idea ${index}${part}` })).toBeInViewport({
          ratio: 0.5,
        });
      }
      await maja.press('ArrowDown');
      await expect(maja.page.locator('[data-row]:has(:focus)')).toBeInViewport({ ratio: 0.9 });
      await maja.press('Enter');
      await seesFocus(maja);
      await maja.press('Escape');
    }
    await maja.leave();
  });

  test('by touch, a card is added and its menu is used', async () => {
    const phone = { viewport: { width: 360, height: 225 }, hasTouch: true, isMobile: true };
    const maja = await facilitator('journey', phone);
    await maja.page.getByRole('button', { name: 'Write what the person does' }).tap();
    await maja.field.waitFor();
    await maja.type('Finds the door');
    await seesAll(maja.card('Finds the door'));
    // A tap elsewhere ends writing.
    await maja.page.locator('[data-focus-key^="phase:"]').first().tap();
    await expect(maja.field).toBeHidden();
    await maja.card('Finds the door').tap();
    await maja.card('Finds the door').getByRole('button', { name: 'Card menu' }).tap();
    const last = maja.page.getByRole('menuitem', { name: 'Remove' });
    await last.scrollIntoViewIfNeeded();
    await seesAll(last);
    await last.tap();
    await expect(maja.card('Finds the door')).toBeHidden();
    await maja.leave();
  });
});

describe('each menu', () => {
  const sizes = [{ width: 1280, height: 720 }, ...lowWindows.slice(0, 1)];

  /** Each item is in sight when the arrow keys come to it, and no item is cut off in a window of 720 px. */
  async function walk(maja: Person, size: { readonly height: number }): Promise<void> {
    const menu = maja.page.getByRole('menu');
    const items = menu.locator('[data-line]:not([aria-disabled])');
    await expect(items.first()).toBeFocused();
    await expect(menu).toBeInViewport({ ratio: 1 });
    if (size.height >= 720)
      expect(await menu.evaluate((box) => box.scrollHeight - box.clientHeight)).toBeLessThanOrEqual(0);
    for (let item = (await items.count()) - 1; item > 0; item--) {
      await maja.press('ArrowUp');
      await expect(items.nth(item)).toBeFocused();
      await expect(items.nth(item)).toBeInViewport({ ratio: 0.9 });
    }
    await maja.press('Escape');
    await expect(menu).toBeHidden();
  }

  test.each(['en', 'ar'])('of the map fits the window or scrolls in it, in %s', async (locale) => {
    const maja = await facilitator('demo', { locale });
    for (const size of sizes) {
      await maja.page.setViewportSize(size);
      for (const what of [
        '[data-card]',
        ...['phase', 'step', 'lane'].map((kind) => `[data-focus-key^="${kind}:"]`),
      ]) {
        const at = maja.page.locator(what).nth(1);
        await at.focus();
        await maja.press('Shift+F10');
        await walk(maja, size);
      }
      const ofPersona = maja.page.locator('[data-persona-filter] + button');
      await ofPersona.press('Enter');
      await walk(maja, size);
    }
    await maja.leave();
  });

  test('of the top bar fits the window or scrolls in it', async () => {
    const maja = await facilitator('demo');
    const bar = maja.page.getByRole('banner');
    for (const size of sizes) {
      await maja.page.setViewportSize(size);
      await bar.locator('[aria-haspopup=menu]').filter({ visible: true }).press('Enter');
      await walk(maja, size);
      await bar.getByRole('button', { name: '1 person here' }).press('Enter');
      await expect(maja.dialog('People here')).toBeInViewport({ ratio: 1 });
      await maja.press('Escape');
      await bar.getByRole('button', { name: 'Share' }).press('Enter');
      await expect(maja.dialog('Invite people')).toBeInViewport({ ratio: 1 });
      const all = maja.dialog('Invite people').getByRole('button', { name: 'All links' });
      await all.focus();
      await seesAll(all);
      await maja.press('Escape');
    }
    await maja.leave();
  });
});

describe('each dialog', () => {
  /** Each control comes into sight by Tab, also the last ones. */
  async function tabThrough(maja: Person, title: string | RegExp): Promise<void> {
    const dialog = maja.dialog(title);
    await expect(dialog).toBeVisible();
    const count = await dialog.locator('button, input, select, textarea').count();
    for (let tab = 0; tab < Math.min(count, 20); tab++) {
      await maja.press('Tab');
      // A radio button is drawn by its label.
      const at = dialog.locator('label:has(.unseen:focus), :focus:not(.unseen)');
      if (await at.count()) await expect(at).toBeInViewport({ ratio: 0.5 });
    }
    const last = dialog.getByRole('button').last();
    await last.focus();
    await seesAll(last);
    await maja.press('Escape');
    await expect(dialog).toBeHidden();
  }

  test('shows its fields and its buttons in a low window', async () => {
    const maja = await facilitator('demo');
    for (const size of [
      { width: 360, height: 225 },
      { width: 390, height: 420 },
    ]) {
      await maja.page.setViewportSize(size);
      const card = maja.page.locator('[data-card]').first();
      await maja.choose(card, 'Move to…');
      await tabThrough(maja, /^Move/);
      await maja.choose(maja.page.locator('[data-focus-key^="lane:"]').first(), 'New lane below…');
      await tabThrough(maja, 'Add a lane');
      await maja.choose(maja.page.locator('[data-focus-key^="phase:"]').first(), 'Remove phase…');
      await tabThrough(maja, /./);
      await maja.page.locator('[data-focus-key^="cell:"]').first().focus();
      await maja.press('e');
      await tabThrough(maja, /^Emotions/);
      await maja.press('?');
      await tabThrough(maja, 'Keyboard shortcuts');
    }
    await maja.leave();
  });
});

describe('before the board', () => {
  test.each([
    { width: 360, height: 225 },
    { width: 390, height: 420 },
  ])('the lobby and the join page are used at $width x $height', async (viewport) => {
    const maja = await stage.person('Maja', { viewport });
    const { page } = maja;
    await page.goto('/');
    const steps = ['Board name', 'Your name'].map((name) => page.getByLabel(name));
    for (const step of [...steps, page.getByRole('button', { name: 'Create board' })]) {
      await step.focus();
      await seesAll(step);
    }
    await page.goto((await stage.house.board('journey')).participant);
    await expect(page.getByLabel('Your name')).toBeFocused();
    await seesFocus(maja);
    const join = page.getByRole('button', { name: 'Join', exact: true });
    await join.focus();
    await seesAll(join);
    await maja.leave();
  });
});
