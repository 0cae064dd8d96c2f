import type { CDPSession } from '@playwright/test';
import { beforeAll, describe, test } from 'vitest';
import type { Person } from './person.ts';
import { expect, setStage } from './stage.ts';

const stage = setStage();
let maja: Person;
let nadia: Person;
let asa: Person;
beforeAll(async () => {
  ({ maja, nadia, asa } = await stage.trio(stage.house.demo));
});

/** The text and caret of the field that a person is writing in. */
const written = (person: Person) =>
  person.field.evaluate((area) => {
    if (!(area instanceof HTMLTextAreaElement)) return null;
    return { text: area.value, caret: [area.selectionStart, area.selectionEnd] };
  });

const caretTo = (person: Person, index: number) =>
  person.field.evaluate((area, at) => {
    if (area instanceof HTMLTextAreaElement) area.setSelectionRange(at, at);
  }, index);

/** Maja adds a card; Nadia opens it too, so that both edit it. */
async function openTogether(phase: string, text: string): Promise<void> {
  await maja.cell('Visible staff actions', phase).focus();
  await maja.press('n');
  await maja.write(text);
  await nadia.card(text).dblclick();
  await expect(nadia.field).toHaveValue(text);
}

async function leaveTogether(): Promise<void> {
  await Promise.all([maja.press('Escape'), nadia.press('Escape')]);
}

describe('a card appears on every screen at once', () => {
  test('when it is added by N, by a double click, or by the button of the cell', async () => {
    await maja.writeCard(maja.cell('Choices', 'Come back'), 'Maja wrote this by N');

    const empty = nadia.cell('Business moments', 'Plan the trip');
    await empty.dblclick();
    await nadia.write('Nadia clicked twice');
    await nadia.press('Escape');

    const last = nadia.cell('Business moments', 'Come back');
    await last.hover();
    await last.getByRole('button', { name: /^Add a card to/ }).click();
    await nadia.write('Nadia pressed the button');
    await nadia.press('Escape');

    for (const person of [maja, nadia, asa]) {
      await expect(person.cell('Choices', 'Come back').locator('[data-card]')).toHaveText([
        /^.+$/,
        /Maja wrote this by N/,
      ]);
      await expect(person.cell('Business moments', 'Plan the trip')).toContainText('Nadia clicked twice');
      await expect(person.cell('Business moments', 'Come back')).toContainText('Nadia pressed the button');
    }
    await maja.saved();
    await nadia.saved();
  });

  test('while it is being written, letter by letter', async () => {
    await maja.cell('Choices', 'Ride').focus();
    await maja.press('n');
    await maja.write('Half a sent');
    await expect(nadia.card('Half a sent')).toBeVisible();
    await expect(asa.card('Half a sent')).toHaveAccessibleName(/Maja is writing/);
    await maja.type('ence');
    await maja.press('Escape');
    await expect(asa.card('Half a sentence')).not.toHaveAccessibleName(/Maja is writing/);
  });

  test('and is removed if nobody wrote in it', async () => {
    const before = await asa.page.locator('[data-card]').count();
    await maja.cell('Choices', 'Ride').focus();
    await maja.press('n');
    await expect(asa.page.locator('[data-card]')).toHaveCount(before + 1);
    await maja.press('Escape');
    await expect(asa.page.locator('[data-card]')).toHaveCount(before);
    await expect(maja.cell('Choices', 'Ride')).toBeFocused();
  });

  test('with its text as plain text, even if it looks like markup', async () => {
    const text = '<img src=x onerror="document.title=1"> & <b>bold</b>';
    await maja.writeCard(maja.cell('Choices', 'Ride'), text);
    for (const person of [maja, nadia, asa]) {
      await expect(person.card(text)).toBeVisible();
      await expect(person.card(text).locator('img, b')).toHaveCount(0);
      await expect(person.page).toHaveTitle(/^A day with Lövtåg/);
    }
  });
});

describe('two people writing in one card', () => {
  test('keep their carets in place', async () => {
    await openTogether('Plan the trip', 'centre');
    await maja.press('Home');
    for (const [left, right] of ['1a', '2b', '3c', '4d', '5e']) {
      await Promise.all([maja.type(left ?? ''), nadia.type(right ?? '')]);
    }
    for (const person of [maja, nadia]) await expect(person.field).toHaveValue('12345centreabcde');
    expect(await written(maja)).toEqual({ text: '12345centreabcde', caret: [5, 5] });
    expect(await written(nadia)).toEqual({ text: '12345centreabcde', caret: [16, 16] });
    await expect(asa.card('12345centreabcde')).toBeVisible();

    // Side by side in the middle of a word: the letters of one do not mix with those of the other.
    await Promise.all([caretTo(maja, 8), caretTo(nadia, 8)]);
    for (const [left, right] of ['Aå', 'Bä', 'Cö']) {
      await Promise.all([maja.type(left ?? ''), nadia.type(right ?? '')]);
    }
    await expect(async () => {
      const [hers, his] = await Promise.all([written(maja), written(nadia)]);
      expect(hers?.text).toBe(his?.text);
      expect(['12345cenABCåäötreabcde', '12345cenåäöABCtreabcde']).toContain(hers?.text);
      expect(hers?.text.slice(0, hers.caret[0])).toMatch(/ABC$/);
      expect(his?.text.slice(0, his.caret[0])).toMatch(/åäö$/);
    }).toPass();
    await leaveTogether();
  });

  test('keep a selection on its characters', async () => {
    await openTogether('Ride', 'keep this word');
    await maja.field.evaluate((area) => area instanceof HTMLTextAreaElement && area.setSelectionRange(5, 9));
    await nadia.press('Home');
    await nadia.type('We ');
    await expect(maja.field).toHaveValue('We keep this word');
    expect(await written(maja)).toEqual({ text: 'We keep this word', caret: [8, 12] });
    await maja.type('that');
    await expect(nadia.field).toHaveValue('We keep that word');
    await leaveTogether();
  });

  test("see each other's caret with a name", async () => {
    await openTogether('Board and settle in', 'whose caret');
    const tag = maja.field.locator('..').getByText('Nadia', { exact: true });
    await expect(tag).toBeVisible();
    const before = (await tag.boundingBox())?.x ?? 0;
    await nadia.press('Home');
    await expect(async () => expect((await tag.boundingBox())?.x).toBeLessThan(before - 20)).toPass();
    await nadia.press('Escape');
    await expect(tag).toBeHidden();
    await maja.press('Escape');
  });
});

describe('an input method that is composing', () => {
  const compose = (session: CDPSession, text: string) =>
    session.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });

  test('is not disturbed when the other person writes, and neither loses a letter', async () => {
    await openTogether('Handle a disruption', 'start end');
    const keyboard = await nadia.context.newCDPSession(nadia.page);
    await caretTo(nadia, 6);
    await compose(keyboard, 'に');
    await maja.press('Home');
    await maja.type('Now: ');
    await compose(keyboard, 'にほ');
    await compose(keyboard, 'にほん');
    await maja.press('End');
    await maja.type('ing');
    // Nothing moves under the composing caret, and nobody sees unfinished words.
    await expect(asa.card('Now: start ending')).toBeVisible();
    await expect(nadia.field).toHaveValue('start にほんend');
    await keyboard.send('Input.insertText', { text: '日本 ' });
    for (const person of [maja, nadia]) await expect(person.field).toHaveValue('Now: start 日本 ending');
    expect(await written(nadia)).toEqual({ text: 'Now: start 日本 ending', caret: [14, 14] });
    await nadia.type('!');
    await expect(maja.field).toHaveValue('Now: start 日本 !ending');
    await leaveTogether();
  });

  test('can replace a selection in which the other person has written meanwhile', async () => {
    await openTogether('Arrive and travel on', 'one two three');
    const keyboard = await nadia.context.newCDPSession(nadia.page);
    await nadia.field.evaluate((area) => area instanceof HTMLTextAreaElement && area.setSelectionRange(4, 7));
    await compose(keyboard, 'م');
    await caretTo(maja, 6);
    await maja.type('MAJA');
    await compose(keyboard, 'مر');
    await keyboard.send('Input.insertText', { text: 'مرحبا' });
    await expect(async () => {
      const [hers, his] = await Promise.all([written(maja), written(nadia)]);
      expect(hers?.text).toBe(his?.text);
      expect(hers?.text).toContain('مرحبا');
      expect(hers?.text).toContain('MAJA');
      expect(hers?.text).toMatch(/^one .* three$/);
    }).toPass();
    await leaveTogether();
  });

  test('keeps Enter and Escape for itself', async () => {
    await openTogether('Settle and follow up', 'still here');
    const keyboard = await nadia.context.newCDPSession(nadia.page);
    await compose(keyboard, 'か');
    const press = (key: string) =>
      keyboard.send('Input.dispatchKeyEvent', {
        type: 'rawKeyDown',
        key: 'Process',
        code: key,
        windowsVirtualKeyCode: 229,
      });
    await press('Enter');
    await press('Escape');
    await expect(nadia.field).toHaveValue('still hereか');
    await keyboard.send('Input.insertText', { text: '火' });
    await expect(maja.field).toHaveValue('still here火');
    await leaveTogether();
  });
});
