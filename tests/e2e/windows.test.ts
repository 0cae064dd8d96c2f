import { afterAll, beforeAll, describe, test } from 'vitest';
import { Member } from '../faults/member.ts';
import type { Person } from './person.ts';
import { expect, setStage } from './stage.ts';

const stage = setStage();

describe('the top bar with twelve people', () => {
  const crowd: Member[] = [];
  let phone: Person;
  let desk: Person;
  beforeAll(async () => {
    const { facilitator, participant } = await stage.house.board('ideas');
    // Only their presence matters here, so they have no pages.
    for (let at = 0; at < 10; at++)
      crowd.push(await Member.join(stage.house.origin, participant, `Guest ${at}`));
    [phone, desk] = await Promise.all([
      stage.person('Nils', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }),
      stage.person('Dora', { viewport: { width: 740, height: 600 } }),
    ]);
    await Promise.all([phone.join(facilitator), desk.join(facilitator)]);
  });
  afterAll(async () => {
    for (const guest of crowd) guest.close();
    await Promise.all([phone.leave(), desk.leave()]);
  });

  test.each([
    { width: 390, height: 844 },
    { width: 360, height: 640 },
    { width: 360, height: 225 },
    { width: 740, height: 600 },
    { width: 1024, height: 768 },
  ])('is one row at $width x $height', async (viewport) => {
    const { page } = viewport.width < 400 ? phone : desk;
    await page.setViewportSize(viewport);
    const bar = page.getByRole('banner');
    await expect(bar.getByRole('button', { name: '12 people here' })).toBeVisible();
    const title = bar.getByRole('heading', { level: 1 });
    // Nine letters and three dots of the text's size, or two lines of them.
    await expect.poll(async () => (await title.boundingBox())?.width).toBeGreaterThan(95);
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
  });

  test('leaves the views, undo and redo to the bottom of a phone, and to its menu in a low window', async () => {
    const { page } = desk;
    await page.setViewportSize({ width: 390, height: 844 });
    const ideas = page.getByRole('link', { name: 'Ideas' });
    await expect(ideas).toBeInViewport({ ratio: 1 });
    await expect(page.getByRole('button', { name: 'Undo' })).toBeInViewport({ ratio: 1 });
    await page.setViewportSize({ width: 390, height: 420 });
    await expect(ideas).toBeHidden();
    await page.getByRole('button', { name: 'More' }).click();
    await expect(page.getByRole('menuitem', { name: 'Undo' })).toBeVisible();
    await page.getByRole('menuitemcheckbox', { name: 'Map' }).click();
    await expect(page.getByRole('group', { name: 'Personas' })).toBeVisible();
  });
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
  await phone.field.waitFor();
  await phone.press('Enter');
  await phone.type('two');
  await expect(phone.page.getByRole('grid').locator('textarea')).toHaveValue('One\ntwo');
  await phone.press('Escape');
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
      // A menu closes when the map behind it scrolls, which the browser reports a frame later.
      await ana.painted();
      const way = ana.page.getByRole('button', { name: corner ? what : 'Add to the map' });
      if (viewport.height > 450) await expect(way).toBeInViewport({ ratio: 1 });
      await way.press('Enter');
      if (!corner) await ana.page.getByRole('menuitem', { name: what }).press('Enter');
    };
    const [phase, lane] = [`After ${viewport.width}`, `Questions ${viewport.width}`];
    await add('Add a phase');
    await ana.field.waitFor();
    await ana.type(phase);
    await ana.press('Enter');
    await expect(ana.head('phase', phase)).toBeInViewport({ ratio: 0.9 });
    await add('Add a lane');
    await ana.dialog('Add a lane').getByLabel('Lane title').fill(lane);
    await ana.press('Enter');
    await expect(ana.head('lane', lane)).toBeFocused();
    await expect(ana.head('lane', lane)).toBeInViewport();
  });
});
