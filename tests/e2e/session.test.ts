import { describe, test } from 'vitest';
import { check } from './axe.ts';
import type { Person } from './person.ts';
import { expect, setStage } from './stage.ts';

const stage = setStage();

const panelOf = (person: Person) => person.page.locator('[data-session-panel]');

/** Adds an item to the agenda in the facilitator's panel. */
async function addItem(
  person: Person,
  item: { title: string; arabic: string; instruction: string; minutes: number; kind: string },
): Promise<void> {
  const panel = panelOf(person);
  await panel.getByRole('button', { name: 'Add an item' }).click();
  const form = person.dialog('Agenda item');
  await form.getByLabel('Title').fill(item.title);
  await form.getByLabel('Instruction').fill(item.instruction);
  await form.getByLabel('Language of the texts').selectOption('ar');
  await form.getByLabel('Title').fill(item.arabic);
  await form.getByLabel('Minutes').fill(String(item.minutes));
  await form.getByLabel('Kind').selectOption({ label: item.kind });
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form).toBeHidden();
}

const picture = async (person: Person, name: string) => {
  const folder = process.env.RESA_PICTURES;
  if (folder !== undefined) await person.page.screenshot({ path: `${folder}/${name}.png` });
};

describe('a session that Fia leads from the page', () => {
  test('three items, with Amal in Arabic and Olle who observes', async () => {
    const links = await stage.house.board('journey');
    const fia = await stage.person('Fia');
    const amal = await stage.person('Amal', { locale: 'ar', colorScheme: 'dark' });
    const olle = await stage.person('Olle', { viewport: { width: 390, height: 844 } });
    await fia.join(links.facilitator);
    await amal.join(links.participant);
    await olle.join(links.observer);

    // Fia makes an agenda.
    await fia.page.getByRole('button', { name: 'Session panel' }).click();
    const panel = panelOf(fia);
    await panel.getByText('Agenda', { exact: true }).click();
    const items = [
      ['Welcome', 'ترحيب', 'Say your name.', 5, 'Talk'],
      ['Write needs', 'اكتب الاحتياجات', 'One need a card.', 8, 'Open work'],
      ['Look together', 'انظروا معًا', 'Read in silence.', 1, 'Review'],
    ] as const;
    for (const [title, arabic, instruction, minutes, kind] of items)
      await addItem(fia, { title, arabic, instruction, minutes, kind });
    await expect(panel.getByText('14 min in all')).toBeVisible();
    await expect(fia.page.locator('[data-rail]')).toBeVisible();

    // By keys, the last item goes up and down again.
    await panel.getByRole('button', { name: /^Move Look together/ }).press('ArrowUp');
    await expect(panel.locator('[data-item]').nth(1)).toContainText('Look together');
    await panel.getByRole('button', { name: /^Move Look together/ }).press('ArrowDown');
    await expect(panel.locator('[data-item]').nth(2)).toContainText('Look together');

    // The first item: only facilitators write.
    await panel.getByText('Now', { exact: true }).click();
    await panel.getByRole('button', { name: 'Start the first item' }).click();
    const band = amal.page.locator('.band');
    await expect(band).toContainText('ترحيب');
    await expect(band).toContainText('يمكنك الآن المشاهدة فقط.');
    await expect(amal.page.getByRole('timer')).toHaveText(/^[\d٠-٩]:[\d٠-٩]{2}$/);
    await expect(olle.page.locator('[data-now-line]')).toContainText('Welcome');
    await amal.page.locator('[role=gridcell][data-drop]').first().focus();
    await amal.press('n');
    await expect(amal.page.getByText('الإضافة متاحة الآن للميسِّرين فقط.')).toBeVisible();
    await check(fia, 'the panel');
    await check(amal, 'what happens now in Arabic');
    await amal.page.emulateMedia({ colorScheme: 'dark' });
    await picture(fia, 'panel-now');
    await picture(amal, 'talk-arabic');

    // The second: everybody adds.
    await panel.getByRole('button', { name: 'Next', exact: true }).click();
    await expect(band).toContainText('اكتب الاحتياجات');
    await amal.writeCard(amal.page.locator('[role=gridcell][data-drop]').first(), 'مقعد هادئ');
    await amal.saved();
    await expect(fia.card('مقعد هادئ')).toBeVisible();

    // Fia takes adding away, for this item.
    await panel.getByLabel('Add cards and ideas').click();
    await expect(panel.getByRole('button', { name: 'Reset' })).toBeVisible();
    await expect(band).not.toContainText('إضافة بطاقات');
    await panel.getByRole('button', { name: 'Reset' }).click();
    await expect(band).toContainText('إضافة بطاقات');

    // While Amal writes, Fia takes editing away: the field closes with the reason, and the text stays.
    await amal.openText(amal.card('مقعد هادئ'), 'End');
    await amal.type(' جدًا');
    await panel.getByLabel('Edit their own').click();
    await expect(amal.page.getByText('التعديل متاح الآن للميسِّرين فقط.')).toBeVisible();
    await expect(amal.field).toBeHidden();
    await amal.saved();
    await expect(fia.card('مقعد هادئ جدًا')).toBeVisible();
    await panel.getByRole('button', { name: 'Reset' }).click();
    await expect(band).toContainText('إضافة بطاقات');

    // The timer: a minute more, a pause.
    const clock = fia.page.locator('.pill [role=timer]');
    await panel.getByRole('button', { name: '1 minute more' }).click();
    await expect(clock).toHaveText(/^[89]:/);
    await panel.getByRole('button', { name: 'Pause', exact: true }).click();
    await expect(fia.page.locator('.pill')).toContainText('Paused');
    await panel.getByRole('button', { name: 'Resume' }).click();

    // On a phone, the line opens the instruction.
    await olle.page.locator('[data-now-line] button').click();
    await expect(olle.dialog('What is happening now')).toContainText('One need a card.');
    await check(olle, 'what happens now on a phone');
    await picture(olle, 'now-phone');
    await olle.press('Escape');
    await picture(olle, 'line-phone');

    // Amal becomes a facilitator, live, and goes on; Fia reads who did.
    await panel.getByText('People', { exact: true }).click();
    await panel.getByLabel('Role of Amal').selectOption('facilitator');
    await amal.page.getByRole('button', { name: 'لوحة الجلسة' }).click();
    await panelOf(amal).getByRole('button', { name: 'التالي', exact: true }).click();
    await expect(fia.page.getByText('Amal went on to the next item')).toBeVisible();
    await expect(fia.page.locator('.band')).toContainText('Look together');
    await check(fia, 'the people in the panel');
    await picture(fia, 'panel-people');
    await amal.press('[');
    await picture(amal, 'panel-arabic');

    // Frozen, nobody changes anything.
    await panelOf(amal).getByRole('button', { name: 'تجميد اللوحة' }).click();
    await expect(fia.page.locator('.band')).toContainText('Amal has frozen the board.');
    await panelOf(amal).getByRole('button', { name: 'إلغاء تجميد اللوحة' }).click();
    await expect(fia.page.locator('.band')).not.toContainText('frozen');
    await panel.getByText('Log', { exact: true }).click();
    await expect(panel).toContainText('Amal unfroze the board');
    await panel.getByText('Agenda', { exact: true }).click();
    await check(fia, 'the agenda in the panel');
    await picture(fia, 'panel-agenda');
    await panel.getByText('Now', { exact: true }).click();
    await panel.getByRole('button', { name: 'Finish' }).click();
    await expect(fia.page.locator('.band')).toBeHidden();
  });
});
