import type { Locator } from '@playwright/test';
import { describe, test } from 'vitest';
import type { Person } from './person.ts';
import { expect, setStage } from './stage.ts';

const stage = setStage();
const long = 'words enough to break into many lines, '.repeat(4);

/** Where the start edge and the top of an element are on the screen. */
const placeOf = (what: Locator) =>
  what.evaluate((element) => {
    const { left, right, top } = element.getBoundingClientRect();
    return { start: document.dir === 'rtl' ? right : left, top };
  });

/** Waits until it is where it was, to a pixel. */
async function isInPlace(what: Locator, before: { start: number; top: number }): Promise<void> {
  await expect
    .poll(async () => {
      const now = await placeOf(what);
      return Math.max(Math.abs(now.start - before.start), Math.abs(now.top - before.top));
    })
    .toBeLessThanOrEqual(1);
}

/** A person, what they look at, and where that is. */
interface Watcher {
  readonly person: Person;
  readonly what: Locator;
  readonly before: { start: number; top: number };
}

/** What Maja does to the map before and above what the others look at. Each page shows it before it is looked at. */
async function changeAll(maja: Person, watchers: readonly Watcher[]): Promise<void> {
  const lanes = (person: Person) => person.page.locator('[data-focus-key^="lane:"]');
  const heads = (person: Person) =>
    person.page.locator('[data-focus-key^="phase:"], [data-focus-key^="step:"]');
  const count = { lanes: await lanes(maja).count(), heads: await heads(maja).count() };
  const verify = async (shows: (person: Person) => Promise<void>) => {
    for (const { person, what, before } of watchers) {
      await shows(person);
      await isInPlace(what, before);
    }
  };

  await maja.writeCard(maja.cell('Needs and motivations', 'Plan the trip'), long);
  await verify((person) => expect(person.card(long)).toHaveCount(1));

  await maja.openText(maja.head('lane', 'Activities and situations'), 'End');
  await maja.page.keyboard.insertText(` and ${long}`);
  await maja.press('Enter');
  await verify((person) => expect(lanes(person).filter({ hasText: long })).toHaveCount(1));

  await maja.choose(maja.head('lane', 'Needs and motivations'), 'New lane below…');
  await maja.page.getByRole('dialog').getByRole('textbox').fill('Pushed in');
  await maja.press('Enter');
  await verify((person) => expect(lanes(person)).toHaveCount(count.lanes + 1));

  await maja.head('lane', 'Pushed in').focus();
  await maja.press('Control+ArrowUp', 'Control+ArrowUp');
  await verify((person) => expect(lanes(person).first()).toContainText('Pushed in'));

  await maja.choose(maja.head('phase', 'Plan the trip'), 'New phase after');
  await maja.field.waitFor();
  await maja.type('Get ready');
  await maja.press('Enter');
  await verify((person) => expect(heads(person).filter({ hasText: 'Get ready' })).toHaveCount(1));

  await maja.choose(maja.head('phase', 'Get ready'), 'Add step');
  await maja.field.waitFor();
  await maja.page.keyboard.insertText(long);
  await maja.press('Enter');
  // The heads above the map grow.
  await verify((person) => expect(heads(person).filter({ hasText: long })).toHaveCount(1));

  const undo = maja.page.getByRole('banner').getByRole('button', { name: 'Undo' });
  while (await undo.isEnabled()) await undo.click();
  await verify(async (person) => {
    await expect(heads(person)).toHaveCount(count.heads);
    await expect(lanes(person)).toHaveCount(count.lanes);
    await expect(person.card(long)).toHaveCount(0);
  });
}

/** At the start of the map, where nothing is scrolled, and in its middle. */
const spots = {
  start: ['Choices', 'Choose and buy'],
  middle: ['Visible staff actions', 'Ride'],
} as const;

/** How a person comes to look at a card, and what must stay in its place then. */
const ways = {
  async writes(person: Person, card: Locator) {
    await card.dblclick();
    await person.field.waitFor();
    await person.press('End');
    return person.field;
  },
  async focuses(person: Person, card: Locator) {
    await card.focus();
    await person.page.mouse.move(0, 0);
    return card;
  },
  async pointsAt(person: Person, card: Locator) {
    await leaveMap(person);
    await card.hover();
    return card;
  },
  async looksAt(person: Person) {
    await leaveMap(person);
    await person.page.mouse.move(0, 0);
    return firstInView(person);
  },
};

const leaveMap = (person: Person) => person.page.getByRole('banner').getByRole('link').first().focus();

describe('changes by others leave in its place', () => {
  test.each([
    ['writes', 'looksAt', 'en', 'start'],
    ['focuses', 'pointsAt', 'ar', 'start'],
    ['focuses', 'pointsAt', 'en', 'middle'],
    ['writes', 'looksAt', 'ar', 'middle'],
  ] as const)(
    'what Wim %s, and what Vera %s, in %s, at the %s of the map',
    async (wims, veras, locale, spot) => {
      const links = await stage.house.board('demo');
      const [maja, wim, vera] = await Promise.all([
        stage.person('Maja'),
        stage.person('Wim', { locale }),
        stage.person('Vera', { locale }),
      ]);
      await maja.join(links.facilitator);
      await wim.join(links.participant);
      await vera.join(links.observer);
      const text = await maja
        .cell(...spots[spot])
        .locator('[data-card] p')
        .first()
        .innerText();
      const watchers = [];
      for (const [person, way] of [
        [wim, wims],
        [vera, veras],
      ] as const) {
        await person.page.locator('[data-drawn]').waitFor();
        const card = person.card(text);
        if (spot === 'middle')
          await card.evaluate((one) => one.scrollIntoView({ block: 'center', inline: 'center' }));
        const map = person.page.locator('[role=grid]');
        expect((await map.evaluate((one) => one.scrollTop)) > 0).toBe(spot === 'middle');
        const what = await ways[way](person, card);
        watchers.push({ person, what, before: await placeOf(what) });
      }
      await changeAll(maja, watchers);
    },
    120_000,
  );
});

/** The first card, or else the cell, at the start of the part of the map that scrolls. */
async function firstInView(person: Person): Promise<Locator> {
  const selector = await person.page.locator('[role=grid]').evaluate((map) => {
    const view = map.getBoundingClientRect();
    const corner = map.querySelector('[role=columnheader]:not([data-focus-key])')?.getBoundingClientRect();
    const heads = map.querySelector('.head')?.getBoundingClientRect();
    const x = document.dir === 'rtl' ? (corner?.left ?? 0) - 8 : (corner?.right ?? 0) + 8;
    const y = (heads?.bottom ?? view.top) + 8;
    const found = document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-card], [data-focus-key]');
    const { card, focusKey } = found?.dataset ?? {};
    return card === undefined ? `[data-focus-key="${focusKey}"]` : `[data-card="${card}"]`;
  });
  return person.page.locator(selector);
}
