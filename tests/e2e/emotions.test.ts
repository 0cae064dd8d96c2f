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
