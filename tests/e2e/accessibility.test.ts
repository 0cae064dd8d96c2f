import { describe, test } from 'vitest';
import { check } from './axe.ts';
import { expect, setStage } from './stage.ts';
import { Wire } from './wire.ts';
import { word } from './words.ts';

const stage = setStage();

// Slow: axe checks every element of full pages by all its rules, some twenty times in each language.
describe.each(['en', 'ar'] as const)('axe finds no problems in %s', (language) => {
  // With reduced motion, an inherited colour changes one frame later at each level of the page.
  const options = { locale: language, reducedMotion: 'no-preference' } as const;
  const say = (key: Parameters<typeof word>[1]) => word(language, key);

  test('in the lobby, on the join page and on a filled map', async () => {
    const maja = await stage.person('Maja', options);
    const { page } = maja;
    maja.forgive(/Failed to load resource: .* 404/);
    const { facilitator } = await stage.house.board('demo', language);
    await page.goto('/');
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await check(maja, 'lobby');
    await page.goto('/join#nothing');
    await expect(page.getByRole('heading', { name: say('notice.wrong-link.title') })).toBeVisible();
    await check(maja, 'notice');
    await page.goto('about:blank');
    await page.goto(facilitator);
    await expect(page.getByRole('textbox', { name: say('join.name') })).toBeFocused();
    await check(maja, 'join');
    await maja.join(facilitator);
    await expect(page.locator('[data-card]').first()).toBeVisible();
    await check(maja, 'map');
    await page.getByRole('gridcell').first().focus();
    await maja.press('e');
    await expect(page.getByRole('dialog')).toBeVisible();
    await check(maja, 'emotions');
    await maja.press('Escape');
    await expect(page.getByRole('dialog')).toBeHidden();
    await page.getByRole('button', { name: say('board.share') }).click();
    // This device joined by a link, so it knows no link for participants.
    await expect(page.getByText(say('share.unknown'))).toBeVisible();
    await check(maja, 'share panel without a link');
    await page.getByRole('button', { name: say('share.make') }).click();
    const codes = page.getByRole('button', { name: say('share.qr'), exact: true });
    await codes.first().click();
    await expect(page.getByRole('dialog').getByRole('img')).toBeVisible();
    await check(maja, 'share panel');
    await page.getByRole('button', { name: say('share.all') }).click();
    await expect(maja.dialog(say('share.links'))).toBeVisible();
    await check(maja, 'all links');
    await maja.leave();
  });

  test('in the idea list, with and without an open idea, for a participant and an observer', async () => {
    const links = await stage.house.board('demo', language);
    const [maja, asa] = await Promise.all([stage.person('Maja', options), stage.person('Åsa', options)]);
    await Promise.all([maja.join(links.facilitator), asa.join(links.observer)]);
    for (const person of [maja, asa]) {
      await person.page.getByRole('link', { name: say('board.view.ideas') }).click();
      const rows = person.page.locator('[data-row]');
      await expect(rows.first()).toBeVisible();
      await check(person, `ideas of ${person.name}`);
      await rows.nth(1).getByRole('button').first().click();
      await expect(person.page.getByRole('article')).toBeVisible();
      await check(person, `an open idea of ${person.name}`);
    }
    await maja.page.getByRole('button', { name: say('ideas.cards.link') }).click();
    await expect(maja.page.getByRole('dialog')).toBeVisible();
    await check(maja, 'what the idea answers');
    await Promise.all([maja.leave(), asa.leave()]);
  });

  test('on the map in each role, with other people, menus and dialogs', async () => {
    const { maja, nadia, asa } = await stage.trio(await stage.house.board('project', language), options);
    await nadia.page.getByRole('gridcell').first().focus();
    await nadia.press('n');
    await nadia.type('Nadia');
    await expect(maja.card('Nadia')).toBeVisible();
    for (const person of [maja, nadia, asa]) await check(person, `map of ${person.name}`);
    await nadia.press('Escape');

    await maja.card('Nadia').focus();
    await maja.press('Space', 'Shift+F10');
    await expect(maja.page.getByRole('menu')).toBeVisible();
    await check(maja, 'menu of a card');
    await maja.press('Escape');
    await expect(maja.fieldOf('Nadia')).toBeFocused();
    await maja.press('Shift+F10');
    await maja.page.getByRole('menuitem', { name: say('menu.move') }).press('Enter');
    await expect(maja.page.getByRole('dialog')).toBeVisible();
    await check(maja, 'move dialog');
    await maja.press('Escape');
    await expect(maja.page.getByRole('dialog')).toBeHidden();
    await maja.page.getByRole('button', { name: say('map.personas.add') }).click();
    await expect(maja.page.getByRole('dialog')).toBeVisible();
    await check(maja, 'persona');
    await maja.press('Escape');
    await expect(maja.page.getByRole('dialog')).toBeHidden();
    await maja.page.locator('[data-focus-key^="phase:"]').first().focus();
    await maja.press('?');
    await expect(maja.page.getByRole('dialog')).toBeVisible();
    await check(maja, 'list of keys');
    await Promise.all([maja.leave(), nadia.leave(), asa.leave()]);
  });

  test('after a refusal: in the dialog, its confirmation and the banner', async () => {
    const maja = await stage.person('Maja', options);
    const wire = await Wire.lay(maja);
    await maja.join((await stage.house.board('demo', language)).facilitator);
    wire.holdsEdits = true;
    for (const text of ['One text', 'Another text']) {
      await maja.writeCard(maja.page.getByRole('gridcell').first(), text);
    }
    await maja.page.locator('[data-card]').last().focus();
    await maja.press('Delete');
    await maja.page.locator('[data-light="sending"]').waitFor();
    wire.holdsEdits = false;
    wire.tell({ kind: 'refused', reason: 'missing-dependency' });
    const dialog = maja.dialog(say('lost.refused.title'));
    await expect(dialog.getByRole('textbox')).toHaveCount(2);
    await expect(dialog.getByRole('button', { name: say('lost.addAll') })).toBeVisible();
    await check(maja, 'what was lost');
    await dialog.getByRole('button', { name: say('app.done') }).click();
    await expect(dialog.getByRole('button', { name: say('lost.sure.stay') })).toBeFocused();
    await check(maja, 'whether to delete it');
    await maja.press('Escape');
    await expect(maja.page.getByRole('button', { name: say('board.lost.show') })).toBeVisible();
    await check(maja, 'bar of what was lost');
    await maja.leave();
  });
});
