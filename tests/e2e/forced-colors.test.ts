import type { Locator } from '@playwright/test';
import { beforeAll, describe, test } from 'vitest';
import { closeCode } from '../../shared/wire/protocol.ts';
import type { Person } from './person.ts';
import { expect, setStage } from './stage.ts';
import { Wire } from './wire.ts';

const stage = setStage();
const colors = { forcedColors: 'active', colorScheme: 'dark' } as const;

/**
 * What tells a state apart when all colours are the person's own: lines, fillings and drawings. The colour of a text or
 * of a border does not count.
 */
function signs(element: Element): string {
  const of = (pseudo?: string) => {
    const style = getComputedStyle(element, pseudo);
    const isDrawn = (width: string, line: string) =>
      line === 'none' || width === '0px' ? 'none' : `${width} ${line}`;
    return [
      ...(['Top', 'Bottom', 'Left', 'Right'] as const).map((side) =>
        isDrawn(style[`border${side}Width`], style[`border${side}Style`]),
      ),
      isDrawn(style.outlineWidth, style.outlineStyle),
      style.content === 'none' ? 'no box' : style.backgroundColor,
      // The browser removes gradients, unless the element keeps its colours.
      style.forcedColorAdjust === 'none' ? style.backgroundImage : 'none',
      style.textDecorationLine,
      style.borderStartStartRadius,
    ];
  };
  return JSON.stringify([of(), of('::after')]);
}

const signsOf = (what: Locator) => what.evaluate(signs);

/** Some sign of an element changes when something is done, and its text stays legible. */
async function isTold(what: Locator, act: () => Promise<unknown>): Promise<void> {
  await expect(what).toBeVisible();
  const before = await signsOf(what);
  await act();
  await expect.poll(() => signsOf(what)).not.toBe(before);
  await isLegible(what);
}

/** The colour of the text, also in the elements inside, is not the colour behind it. */
const isLegible = (what: Locator) =>
  expect
    .poll(() =>
      what.evaluate((element) =>
        [element, ...element.querySelectorAll('*')].flatMap((one) => {
          const hasText = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim());
          if (!hasText) return [];
          let behind: Element | null = one;
          while (behind && /^rgba\(.*, 0\)$/.test(getComputedStyle(behind).backgroundColor))
            behind = behind.parentElement;
          const ground = getComputedStyle(behind ?? document.body).backgroundColor;
          return getComputedStyle(one).color === ground ? [one.outerHTML] : [];
        }),
      ),
    )
    .toEqual([]);

let maja: Person;
beforeAll(async () => {
  maja = await stage.person('Maja', colors);
  await maja.join((await stage.house.board('demo')).facilitator);
});

describe('with a person’s own colours, the map tells apart', () => {
  const card = () => maja.page.locator('[data-card]').first();

  test('a card that is focused, selected, or written on', async () => {
    // The map shows the focus from the first key on.
    await maja.page.locator('[data-focus-key^="phase:"]').last().focus();
    await maja.press('ArrowLeft');
    await isTold(card(), () => card().focus());
    await isTold(card(), () => maja.press('Space'));
    await isTold(card(), () => maja.press('F2'));
    await maja.press('Escape', 'Escape');
  });

  test('a head that is renamed', async () => {
    const head = maja.page.locator('[data-focus-key^="phase:"]').first();
    const title = head.locator('.title > *').first();
    await isTold(title, () => maja.openText(head, 'End'));
    await maja.press('Escape');
  });

  test('a card that is dragged, and where it will be dropped', async () => {
    const box = await card().boundingBox();
    if (!box) throw new Error('There is no card.');
    const { mouse } = maja.page;
    const canvas = await maja.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await isTold(card(), async () => {
      await mouse.move(box.x + 20, box.y + 10);
      await mouse.down();
      await mouse.move(box.x + 60, box.y + 60, { steps: 4 });
    });
    const line = maja.page.locator('.drop-line');
    await expect(line).toBeVisible();
    await expect(line).not.toHaveCSS('background-color', canvas);
    expect((await line.boundingBox())?.height).toBeGreaterThanOrEqual(3);
    await expect(maja.page.locator('.ghost')).not.toHaveCSS('border-top-width', '0px');
    await maja.press('Escape');
    await mouse.up();
  });

  test('the four levels of evidence', async () => {
    const marks: string[] = [];
    for (const level of ['Assumption', 'Some evidence', 'Confirmed', 'Measured']) {
      await maja.choose(card(), level);
      await expect(card().locator('.mark')).toHaveAttribute('title', level);
      marks.push(await signsOf(card().locator('.mark')));
    }
    expect(new Set(marks).size).toBe(4);
  });

  test('a persona whose cards are shown', async () => {
    const chip = maja.page.locator('[data-persona-filter]');
    await isTold(chip, () => chip.press('Enter'));
    await isTold(chip, () => chip.press('Enter'));
  });

  test('a point of the curve that somebody has placed', async () => {
    const point = maja.page.getByRole('slider').first();
    await point.focus();
    await maja.press('ArrowUp');
    await expect(point).toHaveClass(/placed/);
    const [placed, other] = await Promise.all([
      signsOf(point),
      signsOf(maja.page.locator('[role=slider]:not(.placed)').first()),
    ]);
    expect(placed).not.toBe(other);
  });

  test('a card on which somebody else is', async () => {
    const nadia = await stage.person('Nadia');
    await nadia.join(await guestLink());
    const id = await card().getAttribute('data-card');
    await isTold(card(), () => nadia.page.locator(`[data-card="${id}"]`).focus());
    await nadia.leave();
  });

  /** The link for participants of Maja's board, as she makes it. */
  async function guestLink(): Promise<string> {
    await maja.page.getByRole('button', { name: 'Share' }).click();
    const panel = maja.dialog('Invite people');
    await panel.getByRole('button', { name: 'New link' }).click();
    const link = await panel.getByRole('textbox', { name: 'Link for participants' }).inputValue();
    await maja.press('Escape');
    return link;
  }
});

describe('with a person’s own colours, bars, menus and dialogs tell apart', () => {
  test('the current view', async () => {
    const tabs = maja.page.getByRole('navigation').getByRole('link');
    const [current, other] = await Promise.all([signsOf(tabs.first()), signsOf(tabs.last())]);
    expect(current).not.toBe(other);
  });

  test('the four states of the sync light', async () => {
    const ben = await stage.person('Ben', colors);
    const wire = await Wire.lay(ben);
    await ben.join((await stage.house.board('demo')).facilitator);
    const light = ben.page.locator('[data-light]');
    const drawn: string[] = [];
    const note = async (state: string) => {
      await expect(light).toHaveAttribute('data-light', state);
      drawn.push(await signsOf(light.locator('i')));
    };
    await note('saved');
    wire.holdsEdits = true;
    await ben.choose(ben.page.locator('[data-card]').first(), 'Assumption');
    await note('sending');
    wire.tell({ kind: 'read-only', why: 'store' });
    await note('held');
    await wire.keepAway(closeCode.busy, 'server-full');
    await note('offline');
    expect(new Set(drawn).size).toBe(4);
    await ben.leave();
  });

  test('a button that does nothing now', async () => {
    const redo = maja.page.getByRole('button', { name: 'Redo' });
    await expect(redo).toBeDisabled();
    const gray = await maja.page.evaluate(() => {
      const probe = document.body.appendChild(document.createElement('i'));
      probe.style.color = 'GrayText';
      const { color } = getComputedStyle(probe);
      probe.remove();
      return color;
    });
    await expect(redo).toHaveCSS('color', gray);
    await expect(redo).toHaveCSS('opacity', '1');
  });

  test('the current item of a menu, the menu itself, and the button that opened it', async () => {
    const button = maja.page.getByRole('banner').getByRole('button', { name: /^Language/ });
    await isTold(button, () => button.press('Enter'));
    const items = maja.page.getByRole('menu').locator('[data-line]');
    await isTold(items.nth(1), () => maja.press('ArrowDown'));
    await expect(maja.page.getByRole('menu')).toHaveCSS('border-top-style', 'solid');
    await maja.press('Escape');
  });

  test('a raised hand, at the switch and at the face', async () => {
    await maja.page.getByRole('button', { name: 'Hand, reactions and more' }).click();
    const hand = maja.page.getByRole('button', { name: 'Raise hand' });
    await isTold(hand, () => hand.click());
    await expect(maja.page.locator('[data-face] .hand')).toBeVisible();
    await isLegible(maja.page.locator('[data-face] .hand'));
    await hand.click();
    await maja.press('Escape');
  });

  test('the chosen option of a group', async () => {
    await maja.page.locator('[data-focus-key^="cell:"]').first().focus();
    await maja.press('e');
    const options = maja.dialog(/^Emotions/).locator('label:has(input[type=radio]) > span');
    const [chosen, other] = await Promise.all([signsOf(options.nth(0)), signsOf(options.nth(1))]);
    expect(chosen).not.toBe(other);
    await isLegible(options.nth(0));
    await maja.press('Escape');
    await expect(maja.dialog(/./)).toBeHidden();
  });

  test('a message', async () => {
    await maja.page.locator('[data-card]').first().focus();
    await maja.press('Delete');
    await expect(maja.page.locator('.toast', { hasText: 'Card removed' })).toHaveCSS(
      'border-top-style',
      'solid',
    );
    await maja.press('Control+z');
  });
});

describe('with a person’s own colours, the ideas tell apart', () => {
  test('the field that is written in, an open idea, its state, its personas, and a filter', async () => {
    await maja.page.getByRole('link', { name: 'Ideas' }).click();
    const field = maja.page.getByLabel('New idea');
    await isTold(maja.page.locator('form', { has: field }), () => field.focus());
    const row = maja.page.locator('[data-row]').first();
    await isTold(row, () => maja.press('ArrowDown'));
    await maja.press('Enter');
    await expect(row).toHaveCSS('border-top-style', 'solid');
    const states = row.locator('.states label > span');
    const [chosen, other] = await Promise.all([signsOf(states.nth(0)), signsOf(states.nth(1))]);
    expect(chosen).not.toBe(other);
    await isLegible(states.nth(0));
    const persona = row.locator('[aria-pressed]').first();
    await isTold(persona, () => persona.click());
    await row.getByRole('button', { name: 'Link challenges and opportunities' }).click();
    const option = maja.page.getByRole('dialog').getByRole('option');
    await isTold(option.nth(1), () => maja.press('ArrowDown'));
    await maja.press('Escape');
    const filter = maja.page.locator('.quiet').first();
    await isTold(filter, () => filter.locator('select').selectOption('New'));
  });
});

test('with a person’s own colours, a field with an error, a chosen template and a chosen colour are told apart', async () => {
  const ben = await stage.person('Ben', colors);
  await ben.page.goto('/');
  const title = ben.page.getByLabel('Board name');
  await isTold(title, () => ben.page.getByRole('button', { name: 'Create board' }).click());
  await expect(title).toHaveCSS('border-top-style', 'double');
  const templates = ben.page.locator('label:has(input[type=radio]) > .card');
  expect(await signsOf(templates.nth(0))).not.toBe(await signsOf(templates.nth(1)));
  await isLegible(templates.nth(0));
  await ben.page.goto((await stage.house.board('journey')).participant);
  const swatches = ben.page.locator('.swatch');
  await expect(swatches.first()).toBeVisible();
  expect(await signsOf(swatches.nth(0))).not.toBe(await signsOf(swatches.nth(1)));
  await ben.leave();
});
