import * as encoding from 'lib0/encoding';
import { beforeAll, describe, test } from 'vitest';
import * as Y from 'yjs';
import { cards, addCard } from '../../shared/collections/card.ts';
import { openRoots } from '../../shared/documents.ts';
import { PlainEditor } from '../../shared/schema/editor.ts';
import { controlProtocol, frameKind, syncKind } from '../../shared/wire/protocol.ts';
import type { Person } from './person.ts';
import { expect, setStage } from './stage.ts';

const stage = setStage();
let maja: Person;
let nadia: Person;
let asa: Person;
beforeAll(async () => {
  ({ maja, nadia, asa } = await stage.trio(stage.house.demo));
});

/** The text of every card on the map. */
const texts = (person: Person) => person.page.locator('[data-card] > p').allTextContents();

describe('an observer', () => {
  test('sees everything live', async () => {
    await expect(
      asa.page.getByText('You can see everything live, but you cannot change the board.'),
    ).toBeVisible();
    // The lanes below the first ones are drawn one per frame.
    for (const person of [maja, asa]) await person.page.locator('[data-drawn]').waitFor();
    expect(await texts(asa)).toEqual(await texts(maja));
    await maja.cell('Choices', 'Ride').focus();
    await maja.press('n');
    await maja.write('Look, Åsa');
    await expect(asa.cell('Choices', 'Ride')).toContainText('Look, Åsa');
    await maja.press('Escape');
  });

  test('is visible to others, with role and place', async () => {
    await asa.cell('Choices', 'Ride').focus();
    await maja.page.getByRole('button', { name: '3 people here' }).click();
    const list = maja.page.getByRole('dialog', { name: 'People here' });
    await expect(list.getByRole('listitem').filter({ hasText: 'Åsa, observer' })).toContainText(
      'Map · Ride · Choices',
    );
    await maja.press('Escape');
  });

  test('has no controls, and no key or press changes anything', async () => {
    const before = await texts(maja);
    const tools = /Add a card|Menu of (?!the card)|Undo|Redo|Share|Mark emotions|Add a persona/;
    await expect(asa.page.getByRole('button', { name: tools })).toHaveCount(0);
    const card = asa.card('Decides at breakfast');
    await card.dblclick();
    await card.focus();
    await asa.press(
      'Enter',
      'F2',
      'Delete',
      'Backspace',
      'm',
      'i',
      '4',
      'Control+ArrowRight',
      'Alt+ArrowUp',
      'Control+z',
    );
    await asa.cell('Business moments', 'Ride').dblclick();
    await asa.cell('Business moments', 'Ride').focus();
    await asa.press('Enter', 'n');
    await expect(asa.page.getByRole('textbox')).toHaveCount(0);
    await expect(asa.page.getByRole('dialog')).toHaveCount(0);
    await asa.card('How might we make the traveller sure').click({ button: 'right' });
    await expect(asa.page.getByRole('menu').locator('> :first-child')).toHaveText(/Idea: /);
    await asa.press('Escape');
    await asa.choose(asa.card('How might we make the traveller sure'), /^Idea: /);
    await expect(asa.page.getByRole('article')).toBeVisible();
    await asa.press('Delete', 'n');
    await expect(asa.page.getByRole('textbox')).toHaveCount(0);
    await asa.page.getByRole('link', { name: 'Map', exact: true }).click();
    await expect(card).toBeVisible();
    expect(await texts(maja)).toEqual(before);
  });

  test('cannot drag anything', async () => {
    const card = asa.card('Decides at breakfast');
    await card.hover();
    await asa.page.mouse.down();
    await asa.page.mouse.move(700, 600, { steps: 5 });
    await asa.page.mouse.up();
    await expect(
      asa.cell('Activities and situations', 'Plan the trip', 'Feel the need to travel'),
    ).toContainText('Decides at breakfast');
  });
});

describe('a hand-made frame', () => {
  const personIn = (person: Person) =>
    person.page.evaluate(
      () => sessionStorage.getItem(`resa-seat-${location.pathname.split('/')[2] ?? ''}`) ?? '',
    );

  /** A card that was never on the board, in the person's own name, as one update by a new client. */
  async function forge(person: Person, text: string): Promise<number[]> {
    const [, lane = '', phase = ''] =
      /^cell:(.+)\/(.+)\/$/.exec(
        (await person.cell('Choices', 'Come back').getAttribute('data-focus-key')) ?? '',
      ) ?? [];
    expect(phase).not.toBe('');
    const doc = new Y.Doc();
    openRoots(doc);
    addCard(new PlainEditor(doc, await personIn(person)), { lane, phase, step: null }, { text });
    expect(doc.getMap(cards.name).size).toBe(1);
    const frame = encoding.createEncoder();
    encoding.writeVarUint(frame, frameKind.sync);
    encoding.writeVarUint(frame, syncKind.update);
    encoding.writeVarUint8Array(frame, Y.encodeStateAsUpdate(doc));
    return [...encoding.toUint8Array(frame)];
  }

  /** Opens a socket from the person's page, with its cookie, and sends the frame. Returns the answers as text. */
  const send = async (person: Person, frame: readonly number[]) =>
    person.page.evaluate(
      async ([bytes, protocol, person]) => {
        const board = location.pathname.split('/')[2] ?? '';
        const socket = new WebSocket(`/sync/${board}/board?seat=${person}`, protocol);
        socket.binaryType = 'arraybuffer';
        const answered = new Promise<string>((resolve) => {
          socket.onmessage = ({ data }) => {
            const words = data instanceof ArrayBuffer ? new TextDecoder().decode(data) : '';
            if (/"(refused|saved)"/.test(words)) resolve(words);
          };
          socket.onclose = ({ code }) => resolve(`closed ${code}`);
        });
        await new Promise((resolve) => (socket.onopen = resolve));
        socket.send(Uint8Array.from(bytes));
        const answer = await answered;
        socket.close();
        return answer;
      },
      [frame, controlProtocol, await personIn(person)] as const,
    );

  test('by an observer is refused, and changes nothing anywhere', async () => {
    expect(await send(asa, await forge(asa, 'Forged by Åsa'))).toMatch(/"refused".*"observer"/);
    // The same frame from a participant is saved: it was refused for the role, not for its content.
    expect(await send(nadia, await forge(nadia, 'Sent by Nadia'))).toContain('"saved"');
    for (const person of [maja, nadia, asa]) {
      await expect(person.card('Sent by Nadia')).toBeVisible();
      await expect(person.card('Forged by Åsa')).toHaveCount(0);
    }
    await asa.page.reload();
    await asa.arrive();
    await expect(asa.card('Sent by Nadia')).toBeVisible();
    await expect(asa.card('Forged by Åsa')).toHaveCount(0);
  });

  test('has only the membership of its page: no script can read a cookie', async () => {
    expect(await asa.page.evaluate(() => document.cookie)).toBe('');
  });
});
