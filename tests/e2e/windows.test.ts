import { beforeAll, describe, test } from 'vitest';
import type { Person } from './person.ts';
import { expect, setStage } from './stage.ts';

const stage = setStage();
let maja: Person;
beforeAll(async () => {
  maja = await stage.person('Maja');
  await maja.join((await stage.house.board('journey')).facilitator);
  await maja.writeCard(maja.cell('Needs and motivations', 'Use the service'), 'Find the way');
});

describe('other windows and colours', () => {
  test('a person’s own colours keep a selected card and the current view apart from the others', async () => {
    await maja.page.emulateMedia({ forcedColors: 'active' });
    const card = maja.card('Find the way');
    const edge = () => card.evaluate((one) => getComputedStyle(one).borderInlineStartWidth);
    await card.focus();
    expect(await edge()).toBe('1px');
    await card.press('Space');
    await expect.poll(edge).toBe('8px');
    const line = () =>
      maja.page
        .locator('nav a[aria-current]')
        .evaluate((one) => getComputedStyle(one, '::after').backgroundColor);
    const ground = () => maja.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(await line()).not.toBe(await ground());
    await maja.press('Escape');
    await maja.page.emulateMedia({ forcedColors: 'none' });
  });

  test('on a phone, Enter breaks the line of a card', async () => {
    const phone = await stage.person('Nils', {
      viewport: { width: 320, height: 640 },
      hasTouch: true,
      isMobile: true,
    });
    await phone.join((await stage.house.board('journey')).facilitator);
    await phone.writeCard(phone.cell('Needs and motivations', 'Use the service'), 'One');
    await phone.card('One').press('F2');
    await phone.press('Enter');
    await phone.type('two');
    await expect(phone.page.getByRole('grid').locator('textarea')).toHaveValue('One\ntwo');
    await phone.press('Escape');
  });
});
