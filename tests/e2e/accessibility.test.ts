import { afterAll, beforeAll, describe, test } from 'vitest';
import { check } from './axe.ts';
import type { Person } from './person.ts';
import { expect, setStage } from './stage.ts';
import { Wire } from './wire.ts';
import { word } from './words.ts';

const stage = setStage();

const dialog = 'dialog[open]';
const popover = '[role=dialog]';
const menu = '[role=menu]';

// Slow: axe checks every element of full pages by all its rules. Colours do not depend on the language, so each theme is
// checked in one language; a menu or dialog is checked without the page behind it.
describe.each([
  ['en', 'dark'],
  ['ar', 'light'],
] as const)('axe finds no problems in %s, in the %s theme', (language, colorScheme) => {
  // With reduced motion, an inherited colour changes one frame later at each level of the page.
  const options = { locale: language, colorScheme, reducedMotion: 'no-preference' } as const;
  const say = (key: Parameters<typeof word>[1]) => word(language, key);

  let links: Awaited<ReturnType<typeof stage.house.board>>;
  let maja: Person;
  let nadia: Person;
  let asa: Person;
  let wire: Wire;

  beforeAll(async () => {
    links = await stage.house.board('demo', language);
    [maja, nadia, asa] = await Promise.all([
      stage.person('Maja', options),
      stage.person('Nadia', options),
      stage.person('Åsa', options),
    ]);
    wire = await Wire.lay(maja);
    await Promise.all([
      maja.join(links.facilitator),
      nadia.join(links.participant),
      asa.join(links.observer),
    ]);
  });
  afterAll(() => Promise.all([maja, nadia, asa].map((person) => person.leave())));

  /** Waits until the dialog or menu is open, checks it, and closes it. */
  async function opened(person: Person, view: string, selector: string): Promise<void> {
    await expect(person.page.locator(selector)).toBeVisible();
    await check(person, view, selector);
    await person.press('Escape');
    await expect(person.page.locator(selector)).toBeHidden();
  }

  test('in the lobby, on a notice and on the join page', async () => {
    const ben = await stage.person('Ben', options);
    ben.forgive(/Failed to load resource: .* 404/);
    await ben.page.goto('/');
    await expect(ben.page.getByRole('heading', { level: 1 })).toBeVisible();
    await check(ben, 'lobby');
    await ben.page.goto('/join#nothing');
    await expect(ben.page.getByRole('heading', { name: say('notice.wrong-link.title') })).toBeVisible();
    await check(ben, 'notice');
    await ben.page.goto('about:blank');
    await ben.page.goto(links.participant);
    await expect(ben.page.getByRole('textbox', { name: say('join.name') })).toBeFocused();
    await check(ben, 'join');
  });

  test('on a filled map in each role, with other people', async () => {
    await nadia.page.getByRole('gridcell').first().focus();
    await nadia.press('n');
    await nadia.field.waitFor();
    await nadia.type('Nadia writes');
    await expect(maja.card('Nadia writes')).toBeVisible();
    for (const person of [maja, nadia, asa]) {
      await person.page.locator('[data-drawn]').waitFor();
      await check(person, `map of ${person.name}`);
    }
    await nadia.press('Escape');
  });

  test('in the menus and dialogs of the map', async () => {
    await maja.card('Nadia writes').focus();
    await maja.press('Space', 'Shift+F10');
    await opened(maja, 'menu of a card', menu);
    await expect(maja.fieldOf('Nadia writes')).toBeFocused();
    await maja.press('Shift+F10');
    await maja.page.getByRole('menuitem', { name: say('menu.move') }).press('Enter');
    await opened(maja, 'move dialog', dialog);
    await maja.page.getByRole('button', { name: say('map.personas.add') }).click();
    await opened(maja, 'persona', dialog);
    await maja.page.getByRole('gridcell').first().focus();
    await maja.press('e');
    await opened(maja, 'emotions', dialog);
    await maja.page.locator('[data-focus-key^="phase:"]').first().focus();
    await maja.press('?');
    await opened(maja, 'list of keys', dialog);
  });

  test('in the share panel, with and without a link', async () => {
    await maja.page.getByRole('button', { name: say('board.share') }).click();
    // This device joined by a link, so it knows no link for participants.
    await expect(maja.page.getByText(say('share.unknown'))).toBeVisible();
    await check(maja, 'share panel without a link', popover);
    await maja.page.getByRole('button', { name: say('share.make') }).click();
    const codes = maja.page.getByRole('button', { name: say('share.qr'), exact: true });
    await codes.first().click();
    await expect(maja.page.getByRole('dialog').getByRole('img')).toBeVisible();
    await check(maja, 'share panel', popover);
    await maja.page.getByRole('button', { name: say('share.all') }).click();
    await expect(maja.dialog(say('share.links'))).toBeVisible();
    await opened(maja, 'all links', dialog);
  });

  test('after a refusal: in the dialog, its confirmation and the banner', async () => {
    wire.holdsEdits = true;
    for (const text of ['One text', 'Another text']) {
      await maja.writeCard(maja.page.getByRole('gridcell').first(), text);
    }
    await maja.page.locator('[data-card]').last().focus();
    await maja.press('Delete');
    await maja.page.locator('[data-light="sending"]').waitFor();
    wire.holdsEdits = false;
    wire.tell({ kind: 'refused', reason: 'missing-dependency' });
    const lost = maja.dialog(say('lost.refused.title'));
    await expect(lost.getByRole('textbox')).toHaveCount(2);
    await expect(lost.getByRole('button', { name: say('lost.addAll') })).toBeVisible();
    await check(maja, 'what was lost', dialog);
    await lost.getByRole('button', { name: say('app.done') }).click();
    await expect(lost.getByRole('button', { name: say('lost.sure.stay') })).toBeFocused();
    await check(maja, 'whether to delete it', dialog);
    await maja.press('Escape');
    await expect(maja.page.getByRole('button', { name: say('board.lost.show') })).toBeVisible();
    await check(maja, 'bar of what was lost', '[data-status="lost"]');
  });

  test('in the idea list, with and without an open idea, for a participant and an observer', async () => {
    for (const person of [nadia, asa]) {
      await person.page.getByRole('link', { name: say('board.view.ideas') }).click();
      const rows = person.page.locator('[data-row]');
      await expect(rows.first()).toBeVisible();
      await check(person, `ideas of ${person.name}`);
      await rows.nth(1).getByRole('button').first().click();
      await expect(person.page.getByRole('article')).toBeVisible();
      await check(person, `an open idea of ${person.name}`, 'article');
    }
    await nadia.page.getByRole('button', { name: say('ideas.cards.link') }).click();
    await opened(nadia, 'what the idea answers', dialog);
  });
});
