import { expect, test } from 'vitest';
import { guestRoles, invitationLanguage, invitationText } from '../../client/board/share/invitation.ts';
import { languages } from '../../client/text/languages.ts';

const board = { title: 'Library $& morning', link: 'http://x/join#b1.secret' };

test.each(languages)('an invitation in %s names the board and ends with the link', async (language) => {
  const texts = await Promise.all(guestRoles.map((role) => invitationText(language, role, board)));
  for (const text of texts) {
    expect(text).toContain(board.title);
    expect(text.split('\n').at(-1)).toBe(board.link);
    expect(text).not.toMatch(/[{}]/);
  }
  expect(new Set(texts).size).toBe(guestRoles.length);
});

test('an invitation is in the chosen language, whatever the language of the page', async () => {
  expect(await invitationText('sv', 'participant', board)).toMatch(/^Du är inbjuden/);
  expect(await invitationText('ru', 'observer', board)).toMatch(/^Вас приглашают/);
});

test('an invitation is offered in the language of the board, where the interface has it', () => {
  expect(invitationLanguage('ar', 'en')).toBe('ar');
  expect(invitationLanguage('sv-FI', 'ru')).toBe('sv');
  expect(invitationLanguage('fr', 'ru')).toBe('ru');
  expect(invitationLanguage('', 'tr')).toBe('tr');
});
