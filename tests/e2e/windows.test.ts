import { afterAll, beforeAll, describe, test } from 'vitest';
import type { Person } from './person.ts';
import { expect, setStage } from './stage.ts';

const stage = setStage();

describe('other windows', () => {
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

describe('the top bar', () => {
  const crowd: Person[] = [];
  let link = '';
  // Small windows and the list of ideas, since twelve pages are drawn at once.
  beforeAll(async () => {
    const links = await stage.house.board('ideas');
    link = links.facilitator;
    for (let at = 0; at < 11; at++) {
      const guest = await stage.person(`Guest ${at}`, { viewport: { width: 320, height: 240 } });
      await guest.join(links.participant);
      crowd.push(guest);
    }
  });
  afterAll(() => Promise.all(crowd.map((guest) => guest.leave())));

  test.each([
    { width: 390, height: 844 },
    { width: 360, height: 640 },
    { width: 360, height: 225 },
    { width: 740, height: 600 },
    { width: 1024, height: 768 },
  ])('is one row at $width x $height with twelve people', async (viewport) => {
    const isPhone = viewport.width < 400;
    const nils = await stage.person('Nils', { viewport, hasTouch: isPhone, isMobile: isPhone });
    await nils.join(link);
    const bar = nils.page.getByRole('banner');
    await expect(bar.getByRole('button', { name: '12 people here' })).toBeVisible();
    const title = bar.getByRole('heading', { level: 1 });
    // Nine letters and three dots of the text's size, or two lines of them.
    expect((await title.boundingBox())?.width).toBeGreaterThan(95);
    const parts = [
      title,
      bar.locator('[data-light]'),
      bar.getByRole('button', { name: '12 people here' }),
      bar.getByRole('button', { name: 'Share' }),
    ];
    for (const part of parts) await expect(part).toBeInViewport({ ratio: 1 });
    const boxes = await Promise.all(parts.map((part) => part.boundingBox()));
    const middles = boxes.map((box) => (box ? box.y + box.height / 2 : NaN));
    expect(Math.max(...middles) - Math.min(...middles)).toBeLessThan(4);
    expect((await bar.boundingBox())?.height).toBeLessThanOrEqual(60);
    expect(await bar.evaluate((box) => box.scrollWidth - box.clientWidth)).toBe(0);
    await nils.leave();
  });

  test('leaves the views, undo and redo to the bottom of a phone, and to its menu in a low window', async () => {
    const nils = await stage.person('Nils', { viewport: { width: 390, height: 844 } });
    await nils.join(link);
    const ideas = nils.page.getByRole('link', { name: 'Ideas' });
    await expect(ideas).toBeInViewport({ ratio: 1 });
    await expect(nils.page.getByRole('button', { name: 'Undo' })).toBeInViewport({ ratio: 1 });
    await nils.page.setViewportSize({ width: 390, height: 420 });
    await expect(ideas).toBeHidden();
    await nils.page.getByRole('button', { name: 'More' }).click();
    await expect(nils.page.getByRole('menuitem', { name: 'Undo' })).toBeVisible();
    await nils.page.getByRole('menuitemcheckbox', { name: 'Map' }).click();
    await expect(nils.page.getByRole('group', { name: 'Personas' })).toBeVisible();
    await nils.leave();
  });
});

describe('adding a phase or a lane', () => {
  test.each([
    { width: 1440, height: 900 },
    { width: 1280, height: 400 },
    { width: 390, height: 844 },
    { width: 360, height: 225 },
  ])('is in reach on a large map at $width x $height', async (viewport) => {
    const ana = await stage.person('Ana', { viewport });
    await ana.join((await stage.house.board('demo')).facilitator);
    const corner = viewport.width > 640;
    const add = async (what: string) => {
      // Somewhere in the middle of the map.
      await ana.page.locator('[data-card]').nth(30).focus();
      const way = ana.page.getByRole('button', { name: corner ? what : 'Add to the map' });
      if (viewport.height > 450) await expect(way).toBeInViewport({ ratio: 1 });
      await way.press('Enter');
      if (!corner) await ana.page.getByRole('menuitem', { name: what }).press('Enter');
    };
    await add('Add a phase');
    await ana.field.waitFor();
    await ana.type('The day after');
    await ana.press('Enter');
    await expect(ana.head('phase', 'The day after')).toBeInViewport({ ratio: 0.9 });
    await add('Add a lane');
    await ana.dialog('Add a lane').getByLabel('Lane title').fill('Questions');
    await ana.press('Enter');
    await expect(ana.head('lane', 'Questions')).toBeFocused();
    await expect(ana.head('lane', 'Questions')).toBeInViewport();
    await ana.leave();
  });

  test('is for people who may change the structure', async () => {
    const nadia = await stage.person('Nadia');
    await nadia.join((await stage.house.board('demo')).participant);
    await expect(nadia.page.getByRole('grid')).toBeVisible();
    await expect(nadia.page.getByRole('button', { name: 'Add a phase' })).toHaveCount(0);
    await nadia.leave();
  });
});
