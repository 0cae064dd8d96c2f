import { beforeAll, test } from 'vitest';
import type { Person } from './person.ts';
import { expect, setStage } from './stage.ts';

const stage = setStage();
let maja: Person;
let nadia: Person;
let asa: Person;
let everyone: readonly Person[];
beforeAll(async () => {
  ({ maja, nadia, asa } = await stage.trio(stage.house.demo));
  everyone = [maja, nadia, asa];
});

const emotions = (person: Person, phase: string) => person.cell('Emotions', phase);
const curve = (person: Person, phase: string) => person.cell('Experience curve', phase);

test('a participant marks emotions as felt and as missing, and the curve follows on every screen', async () => {
  // Amina is hopeful and unsure here: one against one.
  for (const person of everyone)
    await expect(curve(person, 'Plan the trip')).toHaveAccessibleName(/Amina Haddad: 0;/);
  await emotions(nadia, 'Plan the trip').focus();
  await nadia.press('Enter');
  const dialog = nadia.dialog('Emotions: Plan the trip');
  await dialog.getByRole('radio', { name: 'Amina Haddad' }).check({ force: true });
  await dialog.getByLabel('Source').selectOption('Interview');
  await dialog.getByRole('button', { name: /Proud/ }).click();
  await expect(dialog.getByRole('button', { name: /Proud/ })).toContainText('felt');
  await dialog.getByRole('button', { name: /Excluded|Left out/ }).click();
  await dialog.getByRole('button', { name: /Excluded|Left out/ }).click();
  await expect(dialog.getByRole('button', { name: /Left out/ })).toContainText('expected but missing');
  for (const person of everyone) {
    await expect(emotions(person, 'Plan the trip')).toHaveAccessibleName(
      /Amina Haddad: .*Proud.*Left out \(expected but missing\)/,
    );
    // Two against one: a missing emotion does not count.
    await expect(curve(person, 'Plan the trip')).toHaveAccessibleName(/Amina Haddad: \+0\.7;/);
  }
  await nadia.press('Escape');
  await expect(emotions(nadia, 'Plan the trip')).toBeFocused();
  await nadia.press('Control+z');
  await nadia.press('Control+z');
  await nadia.press('Control+z');
  for (const person of everyone)
    await expect(curve(person, 'Plan the trip')).toHaveAccessibleName(/Amina Haddad: 0;/);
});

test('an observer can read the emotions but not mark them', async () => {
  await emotions(asa, 'Ride').focus();
  await asa.press('Enter');
  const dialog = asa.dialog('Emotions: Ride');
  await expect(dialog).toBeVisible();
  for (const word of await dialog.getByRole('listitem').getByRole('button').all())
    await expect(word).toBeDisabled();
  await asa.press('Escape');
});

test('a facilitator places a point by keyboard and removes it', async () => {
  await curve(maja, 'Ride').focus();
  await maja.press('Enter');
  const point = curve(maja, 'Ride').getByRole('slider', { name: 'Experience of Amina Haddad' });
  await expect(point).toBeFocused();
  await maja.press('End');
  for (const person of everyone)
    await expect(curve(person, 'Ride')).toHaveAccessibleName(/Amina Haddad: \+2, set manually/);
  await maja.press('ArrowDown');
  await expect(curve(asa, 'Ride')).toHaveAccessibleName(/Amina Haddad: \+1\.5, set manually/);
  await expect(point).toHaveAttribute('aria-valuenow', '1.5');
  await maja.press('Delete');
  await expect(curve(asa, 'Ride')).not.toHaveAccessibleName(/set manually/);
  await expect(point).toBeFocused();
  await maja.press('Escape');
  await expect(curve(maja, 'Ride')).toBeFocused();
});

test('a facilitator drags a point; a participant cannot', async () => {
  const point = curve(maja, 'Come back').getByRole('slider', { name: 'Experience of Elif Yıldız' });
  await point.hover();
  const box = await curve(maja, 'Come back').boundingBox();
  const at = await point.boundingBox();
  await maja.page.mouse.down();
  await maja.page.mouse.move((at?.x ?? 0) + 12, (box?.y ?? 0) + 21, { steps: 4 });
  await maja.page.mouse.up();
  for (const person of everyone)
    await expect(curve(person, 'Come back')).toHaveAccessibleName(/Elif Yıldız: \+2, set manually/);
  await expect(nadia.page.getByRole('slider')).toHaveCount(0);
  await maja.page.getByRole('banner').getByRole('button', { name: 'Undo' }).click();
  await expect(curve(asa, 'Come back')).not.toHaveAccessibleName(/Elif Yıldız: \+2, set manually/);
});

/** Whether each point of the curve is on its line, to a pixel, and what lies on top where a line crosses cells. */
const drawing = (person: Person) =>
  person.page.locator('svg.curve').evaluate((svg) => {
    const paths = [...svg.querySelectorAll<SVGPathElement>('path')].map((path) => {
      const matrix = path.getScreenCTM();
      const length = path.getTotalLength();
      const spots = Array.from({ length: 2001 }, (_, i) =>
        path.getPointAtLength((length * i) / 2000).matrixTransform(matrix ?? undefined),
      );
      return { path, spots };
    });
    const row = svg.parentElement;
    const points = [...(row?.querySelectorAll<HTMLElement>('[role=slider]') ?? [])];
    const away = points.map((point) => {
      const box = point.getBoundingClientRect();
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      const all = paths.flatMap(({ spots }) => spots.map((spot) => Math.hypot(spot.x - x, spot.y - y)));
      return Math.min(...all) - 0.5;
    });
    // The drawing lets pointers through; here it must count.
    for (const { path } of paths) path.style.pointerEvents = 'stroke';
    const cell = row?.querySelectorAll('[role=gridcell]')[1]?.getBoundingClientRect();
    const edge = document.dir === 'rtl' ? (cell?.right ?? 0) - 0.5 : (cell?.left ?? 0) + 0.5;
    const crossing = paths[0]?.spots.find(({ x }) => Math.abs(x - edge) < 1);
    const stack = document.elementsFromPoint(crossing?.x ?? 0, crossing?.y ?? 0);
    for (const { path } of paths) path.style.pointerEvents = '';
    return { isAtPoints: Math.max(...away) <= 1, onTop: stack[0]?.tagName };
  });

test.each(['en', 'ar'])(
  'the line follows the dragged point above the cell borders, in %s',
  async (locale) => {
    const dragger = locale === 'en' ? maja : await stage.person('Dana', { locale });
    if (dragger !== maja) await dragger.join((await stage.house.board('demo', locale)).facilitator);
    // What others see does not depend on the language.
    const watcher = locale === 'en' ? await stage.person('Wim') : null;
    await watcher?.join(stage.house.demo.facilitator);
    const watcherSees = async (value: string) => {
      const seen = watcher?.page.getByRole('slider').nth(1);
      if (seen) await expect(seen).toHaveAttribute('aria-valuetext', value);
    };
    const point = dragger.page.getByRole('slider').nth(1);
    await point.evaluate((element) => element.scrollIntoView({ block: 'center' }));
    await expect.poll(() => drawing(dragger)).toEqual({ isAtPoints: true, onTop: 'path' });
    const before = await point.getAttribute('aria-valuetext');
    const drag = async () => {
      const box = await point.boundingBox();
      const cell = await dragger.page.locator('svg.curve').boundingBox();
      if (!box || !cell) throw new Error('There is no curve.');
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      const to = y > cell.y + cell.height / 2 ? cell.y + 20 : cell.y + cell.height - 20;
      await dragger.page.mouse.move(x, y);
      await dragger.page.mouse.down();
      await dragger.page.mouse.move(x, to, { steps: 3 });
      await expect(point).not.toHaveAttribute('aria-valuetext', before ?? '');
      await expect.poll(async () => (await drawing(dragger)).isAtPoints).toBe(true);
    };
    await drag();
    await watcherSees(before ?? '');
    await dragger.press('Escape');
    await expect(point).toHaveAttribute('aria-valuetext', before ?? '');
    await expect.poll(async () => (await drawing(dragger)).isAtPoints).toBe(true);
    await dragger.page.mouse.up();
    await expect(point).toHaveAttribute('aria-valuetext', before ?? '');
    await drag();
    await dragger.page.mouse.up();
    const dropped = (await point.getAttribute('aria-valuetext')) ?? '';
    expect(dropped).not.toBe(before);
    await watcherSees(dropped);
    await point.press('Home');
    await expect(point).toHaveAttribute('aria-valuenow', '-2');
    await expect.poll(async () => (await drawing(dragger)).isAtPoints).toBe(true);
  },
);
