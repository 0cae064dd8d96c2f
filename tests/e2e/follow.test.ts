import type { Locator } from '@playwright/test';
import { beforeAll, describe, test } from 'vitest';
import { check } from './axe.ts';
import type { Person } from './person.ts';
import { expect, setStage } from './stage.ts';
import { word } from './words.ts';

/** Maja leads; Samir's page is in Arabic, with a mirrored map; Nadia has a phone. */
const stage = setStage();
let maja: Person;
let samir: Person;
let nadia: Person;

beforeAll(async () => {
  [maja, samir, nadia] = await Promise.all([
    stage.person('Maja'),
    stage.person('Samir', { locale: 'ar' }),
    stage.person('Nadia', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }),
  ]);
  const { demo } = stage.house;
  await Promise.all([
    maja.join(demo.facilitator),
    samir.join(demo.participant),
    nadia.join(demo.participant),
  ]);
});

const bannerOf = (person: Person) => person.page.locator('[data-banner]');
/** The menu of a face in the top bar. */
async function chooseAtFace(on: Person, whose: Person, item: string): Promise<void> {
  await on.page.locator(`[data-face][title*="${whose.name}"]`).click();
  await on.page.getByRole('menuitem', { name: item, exact: true }).click();
}

async function openList(person: Person): Promise<Locator> {
  await person.page.locator('[data-people]').click();
  const list = person.page.getByRole('dialog').filter({ has: person.page.getByRole('list') });
  await list.waitFor();
  return list;
}

/** Both follow Maja: Samir by her face, Nadia by the list of people. */
async function allFollow(): Promise<void> {
  await chooseAtFace(samir, maja, word('ar', 'together.follow'));
  const list = await openList(nadia);
  await list.getByRole('button', { name: 'Follow Maja' }).click();
  for (const person of [samir, nadia]) await expect(bannerOf(person)).toBeVisible();
}

const stop = async (person: Person) => {
  await bannerOf(person).getByRole('button').click();
  await expect(bannerOf(person)).toHaveCount(0);
};

/** The cell on another's screen: its name is in their language, its key is the same. */
async function sameCell(cell: Locator, on: Person): Promise<Locator> {
  const key = await cell.getAttribute('data-focus-key');
  return on.page.locator(`[data-focus-key="${key}"]`);
}

describe('who follows Maja', () => {
  test('goes to the cell where she works, on a mirrored map and on a phone', async () => {
    await maja.cell('Choices', 'Plan the trip').focus();
    await allFollow();
    await expect(bannerOf(nadia)).toContainText('Following Maja');
    await expect(bannerOf(samir)).toContainText('Maja');
    for (const place of [
      ['Choices', 'Come back'],
      ['Business moments', 'Plan the trip'],
    ] as const) {
      const cell = maja.cell(...place);
      await cell.focus();
      for (const person of [samir, nadia]) await expect(await sameCell(cell, person)).toBeInViewport();
    }
    await check(nadia, 'following on a phone');
    await check(samir, 'following in Arabic');
  });

  test('goes along when she scrolls', async () => {
    const grid = maja.page.getByRole('grid');
    await grid.hover({ position: { x: 700, y: 400 } });
    await maja.page.mouse.wheel(6_000, 0);
    const last = maja.page.locator('[data-focus-key^="phase:"]').last();
    await expect(last).toBeInViewport();
    for (const person of [samir, nadia]) await expect(await sameCell(last, person)).toBeInViewport();
    await maja.page.mouse.wheel(-6_000, 0);
    const first = maja.page.locator('[data-focus-key^="phase:"]').first();
    for (const person of [samir, nadia]) await expect(await sameCell(first, person)).toBeInViewport();
  });

  test('sees her filter, her open dialog, and her ideas as she has sorted and opened them', async () => {
    await maja.page.locator('[data-persona-filter]').click();
    for (const person of [samir, nadia])
      await expect(person.page.locator('[data-persona-filter]')).toHaveAttribute('aria-pressed', 'true');
    await maja.page.locator('[data-persona-filter]').click();
    for (const person of [samir, nadia])
      await expect(person.page.locator('[data-persona-filter]')).toHaveAttribute('aria-pressed', 'false');

    await maja.cell('Choices', 'Plan the trip').focus();
    await maja.press('e');
    await maja.dialog(/^Emotions/).waitFor();
    for (const person of [samir, nadia]) await expect(person.page.locator('dialog[open]')).toBeVisible();
    await maja.press('Escape');
    for (const person of [samir, nadia]) await expect(person.page.locator('dialog[open]')).toHaveCount(0);

    await maja.press('g', 'i');
    for (const person of [samir, nadia]) await person.page.waitForURL(/\/ideas$/);
    const row = maja.page.locator('[data-row]').nth(2);
    const id = await row.getAttribute('data-row');
    await row.locator('[data-stop]').click();
    for (const person of [samir, nadia]) {
      const open = person.page.locator(`[data-row="${id}"]`);
      await expect(open.locator('textarea').first()).toBeVisible();
      await expect(open).toBeInViewport();
    }
    await maja.press('Escape');
    for (const person of [samir, nadia])
      await expect(person.page.locator(`[data-row="${id}"] textarea`)).toHaveCount(0);
    await maja.press('g', 'j');
    for (const person of [samir, nadia]) await expect(person.page.getByRole('grid')).toBeVisible();
  });

  test('waits at their place while her page reloads, and goes on', async () => {
    await maja.page.goto('about:blank');
    await expect(bannerOf(nadia)).toContainText('Maja is reconnecting');
    await maja.page.goBack();
    await maja.arrive();
    await expect(bannerOf(nadia)).toContainText('Following Maja');
    const cell = maja.cell('Choices', 'Come back');
    await cell.focus();
    for (const person of [samir, nadia]) await expect(await sameCell(cell, person)).toBeInViewport();
  });

  test('ends it by Escape, by Stop, by an own scroll, a press or a key, and is told once', async () => {
    /** Samir is told, once; he closes the notice. */
    const isTold = async () => {
      const toast = samir.page.locator('.toast').filter({ hasText: 'Maja' });
      await expect(toast).toHaveCount(1);
      await toast.getByRole('button').last().click();
      await expect(toast).toHaveCount(0);
    };
    await samir.press('Escape');
    await expect(bannerOf(samir)).toHaveCount(0);
    await isTold();
    await stop(nadia);
    const acts: readonly (() => Promise<void>)[] = [
      () => samir.page.mouse.wheel(0, 50),
      () => samir.page.getByRole('grid').click({ position: { x: 500, y: 500 } }),
      async () => {
        await samir.page.locator('[role=grid] [tabindex="0"]').first().focus();
        await samir.press('ArrowDown');
      },
    ];
    for (const act of acts) {
      await chooseAtFace(samir, maja, word('ar', 'together.follow'));
      await expect(bannerOf(samir)).toBeVisible();
      await samir.page.getByRole('grid').hover({ position: { x: 500, y: 500 } });
      await act();
      await expect(bannerOf(samir)).toHaveCount(0);
      await isTold();
    }
  });

  test('whom she then follows goes on alone', async () => {
    await chooseAtFace(samir, maja, word('ar', 'together.follow'));
    await expect(bannerOf(samir)).toBeVisible();
    await chooseAtFace(maja, samir, 'Follow');
    await expect(bannerOf(maja)).toBeVisible();
    await expect(bannerOf(samir)).toHaveCount(0);
    await maja.press('Escape');
    await expect(bannerOf(maja)).toHaveCount(0);
  });
});

describe('hands, done marks and reactions', () => {
  test('hands have an order, and a facilitator lowers one', async () => {
    const list = await openList(nadia);
    await list.getByRole('button', { name: 'Raise hand' }).click();
    await nadia.press('Escape');
    await expect(maja.page.locator('[data-face][title*="Nadia"][title*="number 1"]')).toBeVisible();
    await samir.page.getByRole('columnheader').first().focus();
    await samir.press('r');
    await expect(maja.page.locator('[data-face][title*="Samir"][title*="number 2"]')).toBeVisible();
    await check(maja, 'raised hands');
    await chooseAtFace(maja, nadia, 'Lower hand');
    await expect(nadia.page.getByText('Maja lowered your hand.')).toBeVisible();
    await expect(maja.page.locator('[data-face][title*="Samir"][title*="number 1"]')).toBeVisible();
    await samir.press('r');
    await expect(maja.page.locator('[title*="Hand raised"]')).toHaveCount(0);
  });

  test('a facilitator is told when all participants are done', async () => {
    await samir.press('d');
    await expect(maja.page.locator('[data-face][title*="Samir"][title*="Done"]')).toBeVisible();
    const list = await openList(nadia);
    await list.getByRole('button', { name: 'I am done' }).click();
    await nadia.press('Escape');
    await expect(maja.page.getByText('All participants are ready.')).toBeVisible();
  });

  test('a reaction is said in words, and drawn nowhere without motion', async () => {
    const list = await openList(nadia);
    await list.getByRole('button', { name: 'Heart' }).click();
    await nadia.press('Escape');
    await expect(maja.page.getByRole('status').filter({ hasText: 'Nadia: Heart' })).toBeVisible();
    await expect(maja.page.locator('[data-reaction]')).toBeHidden();
  });

  test('with motion it rises at the face of the person', async () => {
    await maja.page.emulateMedia({ reducedMotion: 'no-preference' });
    await samir.page.getByRole('columnheader').first().focus();
    await samir.press('y');
    await samir.page.getByRole('button', { name: word('ar', 'together.reaction.laugh') }).click();
    await expect(maja.page.locator('[data-reaction="laugh"]')).toBeVisible();
    await expect(maja.page.locator('[data-reaction]')).toHaveCount(0);
    await samir.press('Escape');
    await maja.page.emulateMedia({ reducedMotion: 'reduce' });
  });
});

describe('the map of each person', () => {
  const pointerOf = (whose: Person, on: Person) => on.page.locator('.cursor').filter({ hasText: whose.name });

  test('a laser is a point on the screens of others, and those who see the map the other way are marked', async () => {
    const grid = samir.page.getByRole('grid');
    await grid.hover({ position: { x: 500, y: 400 } });
    await samir.page.getByRole('columnheader').first().focus();
    await samir.page.keyboard.down('k');
    await expect(pointerOf(samir, maja)).toHaveAttribute('data-laser', '');
    await expect(pointerOf(samir, maja)).toContainText('Sees the map mirrored');
    await samir.page.waitForTimeout(500);
    await samir.page.keyboard.up('k');
    await expect(pointerOf(samir, maja)).not.toHaveAttribute('data-laser', '');
  });

  test('the own direction is kept on the device, and the calm screen hides pointers', async () => {
    const right = async (person: Person) =>
      (await person.page.locator('[data-focus-key^="phase:"]').first().boundingBox())?.x ?? 0;
    await maja.page.getByRole('button', { name: 'Hand, reactions and more' }).click();
    const tools = maja.dialog('Hand, reactions and more');
    await tools.getByText('Right to left').click();
    await expect(async () => expect(await right(maja)).toBeGreaterThan(700)).toPass();
    await expect(pointerOf(samir, maja)).not.toContainText('Sees the map mirrored');
    await tools.getByLabel('Calm screen').check();
    await expect(pointerOf(samir, maja)).toHaveCount(0);
    await check(maja, 'own tools');
    await maja.page.reload();
    await maja.arrive();
    await expect(async () => expect(await right(maja)).toBeGreaterThan(700)).toPass();
    await maja.page.getByRole('button', { name: 'Hand, reactions and more' }).click();
    await expect(tools.getByLabel('Calm screen')).toBeChecked();
    await tools.getByText('As the page').click();
    await tools.getByLabel('Calm screen').uncheck();
    await maja.press('Escape');
  });
});

test('the list of people says who is where, and leads there', async () => {
  await samir.press('g', 'i');
  await expect(samir.page).toHaveURL(/\/ideas$/);
  const list = await openList(maja);
  await expect(list.getByRole('heading', { level: 2 })).toHaveText(['Map', 'Ideas']);
  await check(maja, 'the list of people');
  await list.getByRole('button', { name: 'Go there, to Samir' }).click();
  await maja.page.waitForURL(/\/ideas$/);
  await expect(bannerOf(maja)).toHaveCount(0);
});

test('an observer follows and reacts, and leaves no hand, mark or pointer', async () => {
  const asa = await stage.person('Åsa');
  await asa.join(stage.house.demo.observer);
  await asa.page.getByRole('button', { name: 'Hand, reactions and more' }).click();
  const tools = asa.dialog('Hand, reactions and more');
  await expect(tools.getByRole('button', { name: 'Thumbs up' })).toBeVisible();
  await expect(tools.getByRole('button', { name: /Raise hand|done|Laser/ })).toHaveCount(0);
  await asa.press('Escape');
  await chooseAtFace(asa, nadia, 'Follow');
  await expect(bannerOf(asa)).toContainText('Following Nadia');
});
