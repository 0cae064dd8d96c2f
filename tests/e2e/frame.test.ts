import { beforeAll, describe, test } from 'vitest';
import type { Person } from './person.ts';
import { expect, setStage } from './stage.ts';

const stage = setStage();
let maja: Person;
let nadia: Person;
let asa: Person;
let everyone: readonly Person[];
beforeAll(async () => {
  ({ maja, nadia, asa } = await stage.trio(await stage.house.board('journey')));
  everyone = [maja, nadia, asa];
});

const heads = (person: Person, kind: string) => person.page.locator(`[data-focus-key^="${kind}:"]`);
const first = 'Discover and choose';
const second = 'Use the service';
const third = 'Follow up and return';

async function undo(person: Person, steps: number): Promise<void> {
  for (let step = 0; step < steps; step++)
    await person.page.getByRole('banner').getByRole('button', { name: 'Undo' }).click();
}

describe('a facilitator changes the structure, and undoes it', () => {
  test('a phase: add, name, move into the next period, remove', async () => {
    await maja.choose(maja.head('phase', first), 'New phase after');
    await maja.write('Get ready');
    await maja.press('Enter');
    for (const person of everyone)
      await expect(heads(person, 'phase')).toContainText([first, 'Get ready', second, third]);
    await expect(maja.head('phase', 'Get ready')).toBeFocused();

    await maja.choose(maja.head('phase', 'Get ready'), 'Move later');
    for (const person of everyone) {
      await expect(person.page.getByRole('columnheader', { name: 'During' })).toHaveAttribute(
        'aria-colspan',
        '3',
      );
    }
    await maja.head('phase', 'Get ready').focus();
    await maja.press('Control+ArrowRight');
    for (const person of everyone)
      await expect(heads(person, 'phase')).toContainText([first, second, 'Get ready', third]);

    await undo(maja, 2);
    await expect(heads(asa, 'phase')).toContainText([first, 'Get ready', second, third]);
    await undo(maja, 2);
    for (const person of everyone) await expect(heads(person, 'phase')).toContainText([first, second, third]);
  });

  test('Escape in a new phase or step leaves nothing, not even a step to undo', async () => {
    const undoButton = maja.page.getByRole('banner').getByRole('button', { name: 'Undo' });
    const stepsToUndo = () => undoButton.getAttribute('aria-label');
    const before = await stepsToUndo();
    await maja.page.getByRole('button', { name: 'Add a phase' }).click();
    await expect(heads(maja, 'phase')).toHaveCount(4);
    await maja.press('Escape');
    await expect(heads(maja, 'phase')).toContainText([first, second, third]);
    await expect(heads(maja, 'phase')).toHaveCount(3);
    await expect(maja.head('phase', third)).toBeFocused();
    await maja.choose(maja.head('phase', third), 'New phase after');
    await maja.write('Half a name');
    await maja.press('Escape');
    for (const person of everyone) await expect(heads(person, 'phase')).toHaveCount(3);
    await expect.poll(stepsToUndo).toBe(before);
    await expect(undoButton).toBeDisabled();
  });

  test('Escape takes back only what was typed here: what others did in a new phase or a title stays', async () => {
    const links = await stage.house.board('journey');
    const [ana, ben] = await Promise.all([stage.person('Ana'), stage.person('Ben')]);
    await Promise.all([ana.join(links.facilitator), ben.join(links.facilitator)]);
    await ana.page.getByRole('button', { name: 'Add a phase' }).click();
    await ana.write('Mine');
    await ben.choose(ben.head('phase', 'Mine'), 'Add step');
    await ben.write('Step of Ben');
    await ben.press('Enter');
    await expect(ana.head('step', 'Step of Ben')).toBeVisible();
    await ana.press('Escape');
    await expect(ben.head('phase', 'Mine')).toHaveCount(0);
    await expect(heads(ben, 'phase')).toHaveCount(4);
    await expect(ben.head('step', 'Step of Ben')).toBeVisible();

    await ana.openText(ana.head('phase', second), 'End');
    await ana.type(' mine');
    await ben.openText(ben.head('phase', `${second} mine`), 'Home');
    await ben.type('Ben: ');
    await expect(ana.field).toHaveValue(`Ben: ${second} mine`);
    await ana.press('Escape');
    await expect(ben.field).toHaveValue(`Ben: ${second}`);
  });

  test('removing a phase hides its cards, and undo restores both', async () => {
    await nadia.writeCard(nadia.cell('Needs and motivations', second), 'Goes along');
    await expect(maja.card('Goes along')).toBeVisible();
    await maja.head('phase', second).focus();
    await maja.press('Delete');
    await expect(maja.dialog(`Remove “${second}”?`)).toContainText('1 card will be removed too');
    await maja.dialog(`Remove “${second}”?`).getByRole('button', { name: 'Remove' }).click();
    for (const person of everyone) {
      await expect(heads(person, 'phase')).toContainText([first, third]);
      await expect(person.card('Goes along')).toBeHidden();
    }
    await undo(maja, 1);
    for (const person of everyone)
      await expect(person.cell('Needs and motivations', second)).toContainText('Goes along');
  });

  test('a step: add, name, mark as a moment of truth, move, remove', async () => {
    await maja.choose(maja.head('phase', first), 'Add step');
    await maja.write('Ask a friend');
    await maja.press('Enter');
    const steps = ['Feel a need', 'Compare and decide', 'Ask a friend', 'Get started', 'Get it done'];
    for (const person of everyone)
      await expect(heads(person, 'step')).toContainText([...steps, 'Get help', 'Come back']);
    await maja.choose(maja.head('step', 'Ask a friend'), 'Moment of truth');
    await expect(asa.head('step', 'Ask a friend')).toContainText('Moment of truth');
    await maja.head('step', 'Ask a friend').focus();
    await maja.press('Control+ArrowLeft');
    await expect(heads(asa, 'step').nth(1)).toContainText('Ask a friend');

    await nadia.writeCard(
      nadia.cell('Activities and situations', first, 'Ask a friend'),
      'Outlives the step',
    );
    await maja.choose(maja.head('step', 'Ask a friend'), 'Remove step…');
    await maja
      .dialog(/Ask a friend/)
      .getByRole('button', { name: 'Remove' })
      .click();
    for (const person of everyone) {
      await expect(heads(person, 'step')).toHaveCount(6);
      await expect(person.cell('Activities and situations', first)).toContainText('Outlives the step');
    }
    await undo(maja, 1);
    await expect(asa.cell('Activities and situations', first, 'Ask a friend')).toContainText(
      'Outlives the step',
    );
  });

  test('a lane: add, rename while others watch, move up, add a line, remove', async () => {
    const before = await heads(asa, 'lane').count();
    await maja.choose(maja.head('lane', 'Activities and situations'), 'New lane below…');
    const dialog = maja.dialog('Add a lane');
    await dialog.getByLabel('Type').selectOption('Opportunities');
    await dialog.getByLabel('Lane title').fill('What could be better');
    await dialog.getByRole('button', { name: 'Add a lane' }).click();
    for (const person of everyone) {
      await expect(heads(person, 'lane')).toHaveCount(before + 1);
      await expect(heads(person, 'lane').nth(1)).toContainText('What could be better');
    }
    await expect(maja.head('lane', 'What could be better')).toBeFocused();
    await maja.openText(maja.head('lane', 'What could be better'), 'End');
    await maja.type(' soon');
    await maja.press('Enter');
    await expect(heads(asa, 'lane').nth(1)).toContainText('What could be better soon');
    await expect(maja.head('lane', 'What could be better soon')).toBeFocused();
    await maja.press('Control+ArrowUp');
    await expect(heads(asa, 'lane').first()).toContainText('What could be better soon');
    await maja.choose(maja.head('lane', 'What could be better soon'), 'Line of visibility');
    await expect(asa.page.getByRole('grid')).toContainText('Line of visibility');
    await maja.head('lane', 'What could be better soon').focus();
    await maja.press('Delete');
    await maja
      .dialog(/What could be better soon/)
      .getByRole('button', { name: 'Remove' })
      .click();
    for (const person of everyone) await expect(heads(person, 'lane')).toHaveCount(before);
  });

  test('the title of the board', async () => {
    await maja.page.getByRole('heading', { level: 1 }).getByRole('button').click();
    await maja.page.getByLabel('Board name').fill('Another morning');
    await maja.press('Enter');
    for (const person of everyone) {
      await expect(person.page.getByRole('heading', { level: 1 })).toHaveText('Another morning');
      await expect(person.page).toHaveTitle(/^Another morning/);
    }
  });
});

describe('personas', () => {
  test('are added by the facilitator, marked on cards, and filter the map', async () => {
    await maja.page.getByRole('button', { name: 'Add a persona' }).click();
    await expect(maja.dialog('Persona').getByLabel('Name')).toBeFocused();
    await maja.type('Ruth');
    await maja.dialog('Persona').getByRole('button', { name: 'Done' }).click();
    const chip = (person: Person) => person.page.getByRole('button', { name: 'Ruth', exact: true });
    for (const person of everyone) await expect(chip(person)).toBeVisible();

    const cell = ['Needs and motivations', third] as const;
    for (const text of ['For Ruth alone', 'For everyone']) {
      await nadia.writeCard(nadia.cell(...cell), text);
    }
    await nadia.choose(nadia.card('For Ruth alone'), 'Ruth');
    await expect(asa.card('For Ruth alone')).toHaveAccessibleName(/, Ruth/);

    await chip(asa).click();
    await expect(chip(asa)).toHaveAttribute('aria-pressed', 'true');
    await expect(asa.cell(...cell).locator('[data-card]')).toHaveText([/For Ruth alone/]);
    // Only on the screen of the person who filters.
    await expect(nadia.cell(...cell).locator('[data-card]')).toHaveCount(2);
    await expect(asa.page.getByRole('status').filter({ hasText: /Hidden: \d+ cards?/ })).toBeVisible();
    await asa.page.getByRole('button', { name: 'Show all' }).click();
    await expect(asa.page.getByRole('status').filter({ hasText: 'Hidden' })).toHaveCount(0);
    await expect(asa.cell(...cell).locator('[data-card]')).toHaveCount(2);
  });

  test('a new card on a filtered map is marked, so that it stays visible', async () => {
    await nadia.page.getByRole('button', { name: 'Ruth', exact: true }).click();
    await nadia.writeCard(nadia.cell('Needs and motivations', first), 'Born marked');
    await expect(nadia.card('Born marked')).toBeVisible();
    await expect(maja.card('Born marked')).toHaveAccessibleName(/, Ruth/);
    await nadia.page.getByRole('button', { name: 'Show all' }).click();
  });

  test('are removed if they are left without a name', async () => {
    await maja.page.getByRole('button', { name: 'Add a persona' }).click();
    await expect(maja.dialog('Persona')).toBeVisible();
    await maja.press('Escape');
    await expect(maja.dialog('Persona')).toBeHidden();
    for (const person of everyone)
      await expect(person.page.getByRole('group', { name: 'Personas' })).not.toContainText('Unnamed');
  });
});

test('a participant has no controls for the structure', async () => {
  await expect(maja.page.getByRole('button', { name: `Menu: ${first}` })).toHaveCount(1);
  for (const person of [nadia, asa]) {
    await expect(person.page.getByRole('button', { name: /^Menu of (?!the card)/ })).toHaveCount(0);
    await expect(
      person.page.getByRole('button', { name: /Add a (persona|phase|lane)|Share|Rename/ }),
    ).toHaveCount(0);
    await person.head('phase', first).click({ button: 'right' });
    await person.head('phase', first).dblclick();
    await person.head('phase', first).focus();
    await person.press('Enter', 'Delete', 'Control+ArrowRight');
    await expect(person.page.getByRole('menu')).toHaveCount(0);
    await expect(person.page.getByRole('dialog')).toHaveCount(0);
    await expect(person.page.getByRole('textbox')).toHaveCount(0);
    await expect(heads(person, 'phase').first()).toContainText(first);
  }
});
